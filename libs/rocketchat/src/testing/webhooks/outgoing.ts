import type { Core, IntegrationData } from '../core.js';
import { postMessage } from '../domain/messages.js';
import type { Integration, Message, Room } from '../state/model.js';

/** Waits between the tries, in ms, by the number of the try. */
const DELAYS: Readonly<Record<string, (attempt: number) => number>> = {
  'powers-of-ten': (attempt) => 10 ** (attempt + 2),
  'powers-of-two': (attempt) => 2 ** attempt * 1000,
  'increments-of-two': (attempt) => (attempt + 1) * 2000,
};
const WHOLE_KINDS: Readonly<Record<Room['t'], string>> = {
  c: 'all_public_channels',
  p: 'all_private_groups',
  d: 'all_direct_messages',
};

/** Sends what the outgoing webhooks wait for, over real HTTP. */
export class OutgoingWebhooks {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly core: Core) {
    core.events.on('integration', (event, data) => this.trigger(event, data));
  }

  /** Resolves when every call that was begun has been answered. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private trigger(event: string, data: IntegrationData): void {
    const { state, faults } = this.core;
    const room = data.roomId ? state.rooms.get(data.roomId) : undefined;
    const message = state.messages.find(({ _id }) => _id === data.messageId);
    for (const integration of state.integrations.values()) {
      if (integration.type !== 'webhook-outgoing' || !integration.enabled || integration.event !== event) continue;
      if (room && !listens(this.core, integration, room)) continue;
      const word = wordOf(integration, message);
      if (word === undefined || message?.bot?.i === integration._id || faults.find('webhooks-lost')) continue;
      const payload = this.payload(integration, event, data, room, message, word);
      for (const url of integration.urls ?? []) this.begin(integration, url, payload, 0, room);
    }
  }

  private payload(
    integration: Integration,
    event: string,
    data: IntegrationData,
    room: Room | undefined,
    message: Message | undefined,
    word: string,
  ): Record<string, unknown> {
    const { state, siteUrl } = this.core;
    const user = state.users.get(data.userId);
    const base = {
      token: integration.token,
      bot: user?.type === 'bot' || message?.bot ? { i: message?.bot?.i ?? false } : false,
    };
    const visible = user && {
      _id: user._id,
      username: user.username,
      name: user.name,
      emails: user.emails,
      roles: user.roles,
    };
    switch (event) {
      case 'sendMessage':
        return {
          ...base,
          ...(word ? { trigger_word: word } : {}),
          channel_id: room?._id,
          channel_name: room?.name ?? room?.usernames?.join(','),
          message_id: message?._id,
          timestamp: message?.ts,
          user_id: message?.u._id,
          user_name: message?.u.username,
          text: message?.msg,
          siteUrl,
          ...(message?.alias ? { alias: message.alias } : {}),
          ...(message?.editedAt ? { isEdited: true } : {}),
          ...(message?.tmid ? { tmid: message.tmid } : {}),
        };
      case 'userCreated':
        return { ...base, timestamp: user?.createdAt, user_id: user?._id, user_name: user?.username, user: visible };
      default: {
        const about = {
          ...base,
          timestamp: this.core.clock.date(),
          channel_id: room?._id,
          channel_name: room?.name,
          room,
        };
        return data.owner
          ? { ...about, owner: visible }
          : { ...about, user_id: user?._id, user_name: user?.username, user: visible };
      }
    }
  }

  private begin(
    integration: Integration,
    url: string,
    payload: unknown,
    attempt: number,
    room: Room | undefined,
  ): void {
    const call = this.deliver(integration, url, payload, attempt, room);
    this.running.add(call);
    void call.finally(() => this.running.delete(call));
  }

  /** 200 may carry an answer for the room, 410 switches the integration off, 500 ends the matter, the rest is tried again. */
  private async deliver(
    integration: Integration,
    url: string,
    payload: unknown,
    attempt: number,
    room?: Room,
  ): Promise<void> {
    let status = 0;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'User-Agent': 'Rocket.Chat' },
        body: JSON.stringify(payload),
        signal: AbortSignal.timeout(10_000),
      });
      status = response.status;
      const text = await response.text();
      if (response.ok) this.postAnswer(integration, room, text);
    } catch {
      // Nobody there: counts as any other failure.
    }
    if (status === 410) integration.enabled = false;
    if ((status >= 200 && status < 300) || status === 410 || status === 500) return;
    if (!integration.retryFailedCalls || attempt >= (integration.retryCount ?? 6)) return;
    const wait = DELAYS[integration.retryDelay ?? '']?.(attempt) ?? 100;
    this.core.clock.after(wait, () => this.begin(integration, url, payload, attempt + 1, room));
  }

  private postAnswer(integration: Integration, room: Room | undefined, text: string): void {
    const author = this.core.state.users.get(integration.userId);
    if (!room || !author) return;
    try {
      const answer: unknown = JSON.parse(text);
      const words = typeof answer === 'object' && answer !== null ? (answer as { text?: unknown }).text : undefined;
      if (typeof words === 'string' && words !== '')
        postMessage(this.core, room, author, { text: words, bot: integration._id });
    } catch {
      // An answer that is not JSON has nothing to say.
    }
  }
}

function listens({ state }: Core, integration: Integration, room: Room): boolean {
  return integration.channel.some((channel) => {
    if (channel === WHOLE_KINDS[room.t] || channel === `#${room.name ?? ''}`) return true;
    const partner = channel.startsWith('@') && room.t === 'd' && room.usernames?.includes(channel.slice(1));
    return partner === true && state.rooms.has(room._id);
  });
}

/** The trigger word of a message; `''` when none is needed, undefined when none of them is there. */
function wordOf({ triggerWords }: Integration, message: Message | undefined): string | undefined {
  const words = (triggerWords ?? []).filter((word) => word !== '');
  if (words.length === 0 || !message) return '';
  return words.find((word) => message.msg.startsWith(word));
}
