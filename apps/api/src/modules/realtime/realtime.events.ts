/** What the realtime module tells of connections of this process. */
export interface RealtimeEvents {
  /** A socket has its rooms and its snapshot; `socketId` is also a room that only it is in. */
  'realtime.connected': { userId: string; socketId: string };
  /** The last socket of this person is gone. */
  'realtime.disconnected': { userId: string };
}

declare module '../../common/events/domain-events.js' {
  interface DomainEventMap extends RealtimeEvents {}
}
