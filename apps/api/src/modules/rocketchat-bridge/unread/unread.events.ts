import type { RocketChatRoom, RocketChatRooms, RocketChatUnread } from '@besedka/contracts';

/** What is told of rooms of Rocket.Chat. The realtime module turns it into socket events; payloads are public shapes. */
export interface UnreadEvents {
  /** All rooms of a member; `socketId`: only to the one that has just connected, otherwise to all of their devices. */
  'rocketchat.rooms': { userId: string; socketId: string | null; rooms: RocketChatRooms };
  'rocketchat.room': { userId: string; room: RocketChatRoom };
  'rocketchat.room-gone': { userId: string; roomId: string };
  'rocketchat.unread': { userId: string; state: RocketChatUnread };
}

declare module '../../../common/events/domain-events.js' {
  interface DomainEventMap extends UnreadEvents {}
}
