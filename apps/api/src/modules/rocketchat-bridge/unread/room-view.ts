import type { BuiltInChannel, RocketChatRoom } from '@besedka/contracts';
import { badgeOf, type Membership, mentionsOf } from './membership.js';

/** Where a room stands in one member's list. */
export interface RoomPlace {
  /** When somebody else last posted, in milliseconds; 0: not known. */
  readonly order: number;
  /** When anybody last posted, in milliseconds; 0: not known. */
  readonly lastAt: number;
}

/** A room as the member sees it in our list; a built-in channel has our title and icon, whatever it is called there. */
export function roomView(
  membership: Membership,
  channel: BuiltInChannel | undefined,
  place: RoomPlace,
): RocketChatRoom {
  const { roomId, kind, title } = membership;
  return {
    id: roomId,
    kind,
    channelKey: channel?.key ?? null,
    title: channel?.title ?? title,
    icon: channel?.icon ?? null,
    path: pathOf(membership),
    unread: badgeOf(membership),
    mentions: mentionsOf(membership),
    order: place.order,
    lastMessageAt: place.lastAt > 0 ? new Date(place.lastAt).toISOString() : null,
  };
}

/** Path for the frame's `go` command (contract 6). */
function pathOf({ kind, name, roomId }: Membership): string {
  return kind === 'direct' ? `/direct/${encodeURIComponent(roomId)}` : `/${kind}/${encodeURIComponent(name)}`;
}

/** Built-in channels first, in the order of the product; then whichever somebody else posted in last. */
export function compareRooms(channelKeys: readonly string[]): (a: RocketChatRoom, b: RocketChatRoom) => number {
  const rank = ({ channelKey }: RocketChatRoom): number => {
    const index = channelKey === null ? -1 : channelKeys.indexOf(channelKey);
    return index < 0 ? channelKeys.length : index;
  };
  return (a, b) =>
    rank(a) - rank(b) || b.order - a.order || a.title.localeCompare(b.title, 'ru') || compare(a.id, b.id);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
