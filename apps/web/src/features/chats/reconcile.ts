import { applySync } from '@besedka/contracts/chat-state';
import { SYNC_CHATS_MAX } from '@besedka/contracts/limits';
import type { SyncResult } from '@besedka/contracts/realtime';
import { toApiError } from '../../shared/api/errors';
import type { ChatsCore } from './core';
import { addTail } from './logic/blocks';

/** Time for the events on their way to arrive before the server is asked. */
const SOON_MS = 1_500;

/**
 * Asks the server for what is missing, by change number: chats that are behind, and loaded histories that are older than their chat.
 * One request at a time; whatever turns out to be missing meanwhile is asked next.
 */
export class Reconciler {
  private running = false;
  private again = false;
  private stopped = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly core: ChatsCore) {}

  ask(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    if (this.missing().length > 0) void this.run();
  }

  askSoon(ms = SOON_MS): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      for (const id of this.core.state.chats.keys()) this.core.checkHeard(id);
      this.ask();
    }, ms);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.running = true;
    this.again = false;
    try {
      const chats = Object.fromEntries(this.missing().slice(0, SYNC_CHATS_MAX));
      const { results } = await this.core.options.realtime.emitAck('sync', { chats });
      for (const result of results) this.take(result);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      const { code, retryAfter } = toApiError(error);
      // Without a connection the next snapshot asks again.
      if (code !== 'network') this.askSoon((retryAfter ?? 0) * 1000 || this.core.options.backoff(this.failures));
      return;
    } finally {
      this.running = false;
    }
    if (this.again || this.missing().length > 0) this.ask();
  }

  /** Chat id and the change number from which on it is needed. */
  private missing(): [string, number][] {
    const { state, histories } = this.core;
    const wanted: [string, number][] = [];
    for (const [id, { chat }] of state.chats) {
      const history = histories.get(id);
      const loaded = history?.loaded ? history : null;
      if (state.behind.has(id) || (loaded && loaded.rev < chat.rev))
        wanted.push([id, Math.min(chat.rev, loaded?.rev ?? chat.rev)]);
    }
    return wanted;
  }

  private take(result: SyncResult): void {
    const { core } = this;
    if (result.kind === 'gone') return core.forget(result.chatId);
    const history = core.histories.get(result.chatId);
    if (result.kind === 'reload') core.histories.delete(result.chatId);
    else {
      if (history) addTail(history, result.messages, result.chat.rev);
      for (const message of result.messages) core.confirmOwn(message);
    }
    applySync(core.state, result);
    core.checkHeard(result.chatId);
    core.options.changed('chats');
    core.options.changed('history');
  }
}
