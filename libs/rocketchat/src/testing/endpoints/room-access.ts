import { hasPermission, subscriptionOf } from '../domain/permissions.js';
import { roomByName } from '../domain/rooms.js';
import { refusal } from '../http/errors.js';
import { optionalText, type Input } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import type { Room } from '../state/model.js';

/** `channels.*` and `groups.*` are the same endpoints with a few differences. */
export type Kind = 'channels' | 'groups';

/** The letter in the names of permissions and in the type of a room. */
export const letter = (kind: Kind): 'c' | 'p' => (kind === 'channels' ? 'c' : 'p');

/** The member of an answer that carries the room. */
export const member = (kind: Kind): string => (kind === 'channels' ? 'channel' : 'group');

/** Makes the routes of one family out of `name → route` for both kinds. */
export function forBoth(make: (kind: Kind) => readonly Route[]): readonly Route[] {
  return [...make('channels'), ...make('groups')];
}

const notFound = (kind: Kind) =>
  refusal(
    'error-room-not-found',
    `The required "roomId" or "roomName" param provided does not match any ${member(kind)}`,
  );

/**
 * The room that a request names. A private group that the caller cannot see is told to be missing.
 *
 * @throws RcError `error-roomid-param-not-provided`, `error-room-not-found`
 */
export function roomOf(context: Context, kind: Kind, input: Input): Room {
  const { core } = context;
  const id = optionalText(input, 'roomId');
  const name = optionalText(input, 'roomName');
  if (!id && !name) {
    throw refusal('error-roomid-param-not-provided', 'The parameter "roomId" or "roomName" is required');
  }
  const room = id ? core.state.rooms.get(id) : roomByName(core, name ?? '');
  if (room?.t !== letter(kind)) throw notFound(kind);
  if (kind === 'groups' && !subscriptionOf(core, room._id, caller(context)._id)) throw notFound(kind);
  return room;
}

/** As `roomOf`, for a change: archived rooms refuse it. @throws RcError `error-room-archived` */
export function openRoomOf(context: Context, kind: Kind): Room {
  const room = roomOf(context, kind, context.body);
  if (room.archived) {
    throw refusal('error-room-archived', `The ${member(kind)}, ${room.name ?? ''}, is archived`);
  }
  return room;
}

/** @throws RcError `error-not-allowed`: how the room endpoints say that a right is missing */
export function demandInRoom(context: Context, permission: string, room: Room): void {
  if (!hasPermission(context.core, caller(context), permission, room._id))
    throw refusal('error-not-allowed', 'Not allowed');
}
