import type { UserRoom } from '@besedka/rocketchat';
import { kindOf, type Membership } from './membership.js';

/**
 * A membership out of `users.info` with `includeUserRooms` (contract 8). It tells the number and nothing else that matters, so what
 * a better source has told before (title, silenced, closed) is kept.
 *
 * @param title as far as it is known; otherwise the name
 * @returns undefined for kinds of rooms that are no chats
 */
export function restMembership(
  { rid, name, t, unread }: UserRoom,
  title: string | undefined,
  before: Membership | undefined,
  now: number,
): Membership | undefined {
  const kind = kindOf(t);
  if (kind === undefined) return undefined;
  const number = Math.max(0, unread ?? 0);
  // A closed conversation opens by itself when somebody writes in it (contract 9).
  const hasRisen = before !== undefined && number > before.unread;
  return {
    id: rid,
    roomId: rid,
    kind,
    name: name ?? rid,
    title: title ?? before?.title ?? name ?? rid,
    isShown: hasRisen || (before?.isShown ?? true),
    isSilenced: before?.isSilenced ?? false,
    unread: number,
    threads: number === 0 ? 0 : (before?.threads ?? 0),
    mentions: number === 0 ? 0 : Math.min(before?.mentions ?? 0, number),
    readAt: before?.readAt ?? null,
    repliedAt: before?.repliedAt ?? null,
    changedAt: now,
  };
}

/** Somebody else posted: the number rose, or a conversation is new and has one. A new channel begins with one of its own (contract 7). */
export function hasPost(before: Membership | undefined, now: Membership): boolean {
  return before === undefined ? now.kind === 'direct' && now.unread > 0 : now.unread > before.unread;
}
