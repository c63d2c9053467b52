import type { ClientToServerEvents, ServerToClientEvents, UserSummary } from '@besedka/contracts';
import type { Server, Socket } from 'socket.io';
import type { Locale, Principal } from '../../common/context/request-context.js';

/** What all sockets of one session share: replaced rights are seen by each of them at once, and memory is paid once. */
export interface SocketSession {
  principal: Principal;
  /** Number of the check that `principal` comes from; 0: from the handshake. */
  asOf: number;
  /** Public face of the person, read when it is first needed (typing). */
  summary: UserSummary | null;
}

/** Kept per connection; every byte here is paid by every idle connection. */
export interface SocketData {
  session: SocketSession;
  address: string;
  userAgent: string;
  locale: Locale;
  /** Milliseconds of the last sign of a person behind this socket. */
  activeAt: number;
  /** False once the client has said that nobody is there (page hidden). */
  here: boolean;
  /** Settles once the snapshot is out; undefined afterwards. Events that come earlier wait for it. */
  ready: Promise<void> | undefined;
}

export type NoEvents = Record<never, never>;
export type RealtimeServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type RealtimeSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** Names of rooms. A socket is in those of its user and session, of each chat, of the open chat, and of the people it watches. */
export const rooms = {
  user: (id: string): string => `user:${id}`,
  session: (id: string): string => `session:${id}`,
  chat: (id: string): string => `chat:${id}`,
  /** Those who look at the chat now: they hear typing. */
  open: (id: string): string => `open:${id}`,
  /** Those who want to hear of this person's presence. */
  presence: (id: string): string => `presence:${id}`,
} as const;

/** The ids behind those of the given rooms that are of one kind. */
export function idsIn(names: Iterable<string>, kind: keyof typeof rooms): string[] {
  const prefix = `${kind}:`;
  const ids: string[] = [];
  for (const name of names) if (name.startsWith(prefix)) ids.push(name.slice(prefix.length));
  return ids;
}
