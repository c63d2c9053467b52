import type { RocketChatRoom } from '@besedka/contracts';

/** What one member has to do with one room of Rocket.Chat, as a source tells it. Moments are milliseconds since the epoch. */
export interface Membership {
  /** The source's own name of this fact: `_id` of the subscription, or the room's id. */
  readonly id: string;
  readonly roomId: string;
  readonly kind: RocketChatRoom['kind'];
  /** Address part of channels and groups, user name of the other one in direct conversations. */
  readonly name: string;
  readonly title: string;
  /** The member has it in their list there: not closed, not archived. */
  readonly isShown: boolean;
  /** The member wants to see no number there. */
  readonly isSilenced: boolean;
  readonly unread: number;
  /** Threads with replies that were not read. */
  readonly threads: number;
  readonly mentions: number;
  /** When the member last read it, wrote in it, or marked it unread: what only their own doing changes. */
  readonly readAt: number | null;
  /** A reply in a thread that the member follows. */
  readonly repliedAt: number | null;
  readonly changedAt: number;
}

/** Rocket.Chat's letters for kinds of rooms; others (livechat, voice) are not part of the list. */
const KINDS: Readonly<Record<string, RocketChatRoom['kind']>> = { c: 'channel', p: 'group', d: 'direct' };

/** Undefined: no room for a list of chats. */
export function kindOf(t: string): RocketChatRoom['kind'] | undefined {
  return Object.hasOwn(KINDS, t) ? KINDS[t] : undefined;
}

/**
 * The number beside a room: what it adds to Rocket.Chat's own total, which leaves out closed, archived and silenced rooms and counts
 * threads (contract 9). Never negative.
 */
export function badgeOf({ isShown, isSilenced, unread, threads }: Membership): number {
  return isShown && !isSilenced ? Math.max(0, unread) + threads : 0;
}

/** How often the member was named, as far as it is shown. */
export function mentionsOf({ isShown, isSilenced, mentions }: Membership): number {
  return isShown && !isSilenced ? Math.max(0, mentions) : 0;
}
