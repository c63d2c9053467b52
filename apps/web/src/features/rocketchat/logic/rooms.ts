import { BUILT_IN_CHANNELS } from '@besedka/contracts/permissions';
import type { RocketChatRoom, RocketChatRooms, RocketChatUnread } from '@besedka/contracts/rocketchat';

/** My rooms by Rocket.Chat's id. Numbers and order are the server's; nothing is counted here. */
export type Rooms = ReadonlyMap<string, RocketChatRoom>;

/** All of my rooms, told anew: what is not among them is no longer mine. */
export function takeAll({ items }: RocketChatRooms): Rooms {
  return new Map(items.map((room) => [room.id, room]));
}

export function takeRoom(rooms: Rooms, room: RocketChatRoom): Rooms {
  return new Map(rooms).set(room.id, room);
}

export function dropRoom(rooms: Rooms, roomId: string): Rooms {
  const rest = new Map(rooms);
  rest.delete(roomId);
  return rest;
}

/** Numbers of a room that is not known yet are left alone: the room itself is told with its numbers. */
export function takeNumbers(rooms: Rooms, { chatId, unread, mentions, order }: RocketChatUnread): Rooms {
  const room = rooms.get(chatId);
  return room ? takeRoom(rooms, { ...room, unread, mentions, order }) : rooms;
}

const rank = ({ channelKey }: RocketChatRoom): number => {
  const index = BUILT_IN_CHANNELS.findIndex(({ key }) => key === channelKey);
  return index < 0 ? BUILT_IN_CHANNELS.length : index;
};

/** As the list shows them: built-in channels in their order, then whoever somebody else posted in last (order rule 1). */
export function sorted(rooms: Rooms): RocketChatRoom[] {
  return [...rooms.values()].sort(
    (a, b) => rank(a) - rank(b) || b.order - a.order || a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1),
  );
}

/** Channels stand above the conversations: ours, and what is public in Rocket.Chat. */
export const isChannel = ({ channelKey, kind }: RocketChatRoom): boolean => channelKey !== null || kind === 'channel';

export const totalUnread = (rooms: Rooms): number => [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);

/** The last part of a room's address in the portal: `general` is easier to read and to keep than an id. */
export const addressOf = ({ channelKey, id }: RocketChatRoom): string => channelKey ?? id;

/** The room that an address in the portal means; a room id is understood for a channel as well. */
export function roomAt(rooms: Rooms, address: string): RocketChatRoom | undefined {
  return [...rooms.values()].find(({ channelKey }) => channelKey === address) ?? rooms.get(address);
}
