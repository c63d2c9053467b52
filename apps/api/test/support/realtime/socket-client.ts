import type { Ack, ClientToServerEvents, ServerToClientEvents } from '@besedka/contracts';
import { io, type Socket } from 'socket.io-client';

export type ClientEvent = keyof ClientToServerEvents;
export type ServerEvent = keyof ServerToClientEvents;
type PayloadOf<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
type AnswerOf<E extends ClientEvent> = Parameters<Parameters<ClientToServerEvents[E]>[1]>[0];
export type SuccessOf<E extends ClientEvent> = Extract<AnswerOf<E>, { ok: true }>;
export type EventOf<E extends ServerEvent> = Parameters<ServerToClientEvents[E]>[0];

/** One event as it came. */
export interface Heard<E extends ServerEvent = ServerEvent> {
  readonly event: E;
  readonly payload: EventOf<E>;
}

export interface ConnectOptions {
  /** Bearer token for `auth`. */
  readonly token?: string;
  /** Headers of the upgrade request, e.g. `cookie` and `origin`. */
  readonly headers?: Record<string, string>;
  /** Any `auth` at all, for malformed ones. */
  readonly auth?: Record<string, unknown>;
}

const WAIT_MS = 20_000;

interface Waiter {
  readonly matches: (heard: Heard) => boolean;
  readonly resolve: (heard: Heard) => void;
}

/**
 * A Socket.IO client that remembers everything it heard, in order. It never reconnects by itself: what a test needs of that,
 * the test does.
 */
export class SocketClient {
  readonly heard: Heard[] = [];
  readonly raw: Socket;
  private waiters: Waiter[] = [];
  private connected: Promise<void>;

  private constructor(url: string, options: ConnectOptions) {
    this.raw = io(url, {
      path: '/socket.io',
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      auth: options.auth ?? (options.token === undefined ? {} : { token: options.token }),
      extraHeaders: options.headers,
    });
    this.raw.onAny((event: ServerEvent, payload: EventOf<ServerEvent>) => this.take({ event, payload }));
    this.connected = this.connect();
  }

  /** Connects and waits for the snapshot. @throws the refusal (`data.code`) when the server does not let it in */
  static async open(url: string, options: ConnectOptions): Promise<SocketClient> {
    const client = await SocketClient.connectOnly(url, options);
    await client.wait('snapshot');
    return client;
  }

  /** Connects, and does not wait for the snapshot. */
  static async connectOnly(url: string, options: ConnectOptions): Promise<SocketClient> {
    const client = new SocketClient(url, options);
    await client.connected;
    return client;
  }

  /** Expects the server not to let the client in. @returns the refusal as the client sees it */
  static async refused(url: string, options: ConnectOptions): Promise<{ code?: string; retryAfter?: number }> {
    const client = new SocketClient(url, options);
    try {
      await client.connected;
    } catch (error) {
      return (error as Error & { data?: { code?: string; retryAfter?: number } }).data ?? {};
    } finally {
      client.close();
    }
    throw new Error('the server let the client in');
  }

  /** Sends an event and gives the answer, whichever it is. */
  async answer<E extends ClientEvent>(event: E, payload: PayloadOf<E>): Promise<AnswerOf<E>> {
    return (await this.raw.timeout(WAIT_MS).emitWithAck(event, payload)) as AnswerOf<E>;
  }

  /** Sends anything at all, for malformed input. */
  async answerRaw(event: string, ...args: unknown[]): Promise<Ack<Record<string, unknown>>> {
    return (await this.raw.timeout(WAIT_MS).emitWithAck(event, ...args)) as Ack<Record<string, unknown>>;
  }

  /** Sends an event that must succeed. @throws with the refusal's code otherwise */
  async ask<E extends ClientEvent>(event: E, payload: PayloadOf<E>): Promise<SuccessOf<E>> {
    const answer: Ack<object> = await this.answer(event, payload);
    if (!answer.ok) throw new Error(`${event} was refused: ${answer.error.code}`);
    return answer as SuccessOf<E>;
  }

  /** The first such event, heard already (after `since`) or still to come. */
  wait<E extends ServerEvent>(
    event: E,
    matches: (payload: EventOf<E>) => boolean = () => true,
    since = 0,
  ): Promise<EventOf<E>> {
    const fits = (heard: Heard): boolean => heard.event === event && matches(heard.payload as EventOf<E>);
    const known = this.heard.slice(since).find(fits);
    if (known) return Promise.resolve(known.payload as EventOf<E>);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter !== entry);
        reject(new Error(`${event} was not heard; heard: ${this.heard.map((heard) => heard.event).join(', ')}`));
      }, WAIT_MS);
      const entry: Waiter = {
        matches: fits,
        resolve: (heard) => {
          clearTimeout(timer);
          resolve(heard.payload as EventOf<E>);
        },
      };
      this.waiters.push(entry);
    });
  }

  /** What was heard of one kind. */
  all<E extends ServerEvent>(event: E, since = 0): EventOf<E>[] {
    return this.heard
      .slice(since)
      .filter((heard) => heard.event === event)
      .map((heard) => heard.payload as EventOf<E>);
  }

  /** Number of events heard so far, for `since`. */
  get mark(): number {
    return this.heard.length;
  }

  /** Resolves with the reason when the connection is gone. */
  gone(): Promise<string> {
    if (!this.raw.connected) return Promise.resolve('gone already');
    return new Promise((resolve) => this.raw.once('disconnect', resolve));
  }

  /** The same with the code of the websocket's close frame. */
  goneWith(): Promise<{ reason: string; code?: number }> {
    return new Promise((resolve) =>
      this.raw.once('disconnect', (reason, details) => {
        const context = details && 'context' in details ? (details.context as { code?: number }) : {};
        resolve({ reason, code: context.code });
      }),
    );
  }

  close(): void {
    this.raw.disconnect();
  }

  private connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.raw.once('connect', resolve);
      this.raw.once('connect_error', reject);
      this.raw.connect();
    });
  }

  private take(heard: Heard): void {
    this.heard.push(heard);
    const ready = this.waiters.filter((waiter) => waiter.matches(heard));
    this.waiters = this.waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve(heard);
  }
}
