import { canRead } from '../domain/messages.js';
import { hasPermission, subscriptionOf } from '../domain/permissions.js';
import { directRoom, roomByName } from '../domain/rooms.js';
import { userByName } from '../domain/users.js';
import { refusal } from '../http/errors.js';
import { optionalFlag, optionalList, optionalText, requiredText } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import { page } from './paging.js';

/** A date of a query. @throws RcError `error-updatedSince-param-invalid` */
export function since(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const time = Date.parse(String(value));
  if (Number.isNaN(time))
    throw refusal('error-updatedSince-param-invalid', 'The "updatedSince" query parameter must be a valid date.');
  return time;
}

/** The caller's rooms; with `updatedSince` what changed and what is gone. */
function get(context: Context): unknown {
  const { core, query } = context;
  const user = caller(context);
  const from = since(query['updatedSince']);
  const rooms = [...core.state.rooms.values()].filter(
    (room) => subscriptionOf(core, room._id, user._id) && (from === undefined || room._updatedAt.getTime() > from),
  );
  const removed = core.state.removed.rooms.filter(
    ({ uid, _deletedAt }) => uid === user._id && from !== undefined && _deletedAt.getTime() > from,
  );
  return { update: rooms, remove: removed.map(({ _id, _deletedAt }) => ({ _id, _deletedAt })) };
}

function info(context: Context): unknown {
  const { core, query } = context;
  const id = optionalText(query, 'roomId');
  const name = optionalText(query, 'roomName');
  if (!id && !name)
    throw refusal('error-roomid-param-not-provided', 'The parameter "roomId" or "roomName" is required');
  const room = id ? core.state.rooms.get(id) : roomByName(core, name ?? '');
  const user = caller(context);
  if (!room)
    throw refusal(
      'error-room-not-found',
      'The required "roomId" or "roomName" param provided does not match any channel',
    );
  if (!canRead(core, room, user))
    throw refusal(
      'error-room-not-found',
      'The required "roomId" or "roomName" param provided does not match any channel',
    );
  return { room };
}

/** All rooms of the workspace, private ones and direct ones too, for whoever administers rooms. */
function adminRooms({ core, query }: Context): unknown {
  const types = optionalList(query, 'types') ?? ['c', 'p', 'd'];
  const filter = (optionalText(query, 'filter') ?? '').toLowerCase();
  const rooms = [...core.state.rooms.values()].filter(
    ({ t, name, fname, usernames }) =>
      types.includes(t) &&
      [name, fname, ...(usernames ?? [])].some((one) => (one ?? '').toLowerCase().includes(filter)),
  );
  const { items, ...counts } = page(core, rooms, query);
  return { rooms: items, ...counts };
}

function createDirect(context: Context): unknown {
  const { core, body } = context;
  const user = caller(context);
  if (!hasPermission(core, user, 'create-d')) throw refusal('error-not-allowed', 'Not allowed');
  const names = optionalList(body, 'usernames') ?? [requiredText(body, 'username')];
  const others = names.map((name) => userByName(core, name.replace(/^@/, '')));
  const found = others.filter((one) => one !== undefined);
  if (found.length < others.length || found.length === 0) throw refusal('error-invalid-user', 'Invalid user');
  const people = optionalFlag(body, 'excludeSelf') ? found : [user, ...found];
  const room = directRoom(core, [...new Set(people)]);
  return { room: { ...room, rid: room._id } };
}

export const roomRoutes: readonly Route[] = [
  { method: 'GET', path: 'rooms.get', handle: get },
  { method: 'GET', path: 'rooms.info', handle: info },
  { method: 'GET', path: 'rooms.adminRooms', permissions: ['view-room-administration'], handle: adminRooms },
  {
    method: 'GET',
    path: 'rooms.nameExists',
    handle: ({ core, query }) => ({ exists: roomByName(core, requiredText(query, 'roomName')) !== undefined }),
  },
  { method: 'POST', path: 'im.create', handle: createDirect },
  { method: 'POST', path: 'dm.create', handle: createDirect },
];
