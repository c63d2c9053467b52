import { archiveRoom, changeRoom, createRoom, deleteRoom } from '../domain/rooms.js';
import { addMember, joinable, removeMember } from '../domain/membership.js';
import { roomName } from '../domain/room-names.js';
import { canRead } from '../domain/messages.js';
import { hasPermission, subscriptionOf } from '../domain/permissions.js';
import { userByName } from '../domain/users.js';
import { forbidden, plainRefusal, refusal } from '../http/errors.js';
import { optionalFlag, optionalList, requiredText, type Input } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import { page } from './paging.js';
import { demandInRoom, forBoth, letter, member, openRoomOf, roomOf, type Kind } from './room-access.js';

function create(context: Context, kind: Kind): unknown {
  const { core, body } = context;
  const user = caller(context);
  if (!hasPermission(core, user, `create-${letter(kind)}`)) throw forbidden(core.profile.terseErrors, false);
  const members = (optionalList(body, 'members') ?? [])
    .map((name) => userByName(core, name))
    .filter((one) => one?.active);
  const extra = (typeof body['extraData'] === 'object' && body['extraData'] !== null ? body['extraData'] : {}) as Input;
  const text = (key: string) => (typeof extra[key] === 'string' ? extra[key] : undefined);
  const room = createRoom(core, user, {
    t: letter(kind),
    name: requiredText(body, 'name'),
    members: members.filter((one) => one !== undefined),
    readOnly: optionalFlag(body, 'readOnly') ?? false,
    customFields: body['customFields'] as Record<string, unknown> | undefined,
    topic: text('topic'),
    description: text('description'),
    excludeSelf: optionalFlag(body, 'excludeSelf'),
  });
  return { [member(kind)]: room };
}

function info(context: Context, kind: Kind): unknown {
  const room = roomOf(context, kind, context.query);
  if (!canRead(context.core, room, caller(context))) throw refusal('error-room-not-found', 'Room not found');
  return { [member(kind)]: room };
}

function remove(context: Context, kind: Kind): unknown {
  const room = roomOf(context, kind, context.body);
  demandInRoom(context, `delete-${letter(kind)}`, room);
  deleteRoom(context.core, room);
  return {};
}

function archive(context: Context, kind: Kind, archived: boolean): unknown {
  const room = roomOf(context, kind, context.body);
  demandInRoom(context, 'archive-room', room);
  if (archived && room.archived) throw refusal('error-room-archived', `The ${member(kind)} is already archived`);
  if (!archived && !room.archived) throw plainRefusal(`The ${member(kind)}, ${room.name ?? ''}, is not archived`);
  archiveRoom(context.core, room, archived, caller(context));
  return {};
}

function rename(context: Context, kind: Kind): unknown {
  const room = openRoomOf(context, kind);
  demandInRoom(context, 'edit-room', room);
  const wanted = requiredText(context.body, 'name');
  if (kind === 'channels' && (room.name === wanted || room.fname === wanted)) {
    throw plainRefusal('The channel name is the same as what it would be renamed to.');
  }
  changeRoom(context.core, room, roomName(context.core, wanted, room));
  return { [member(kind)]: room };
}

function list(context: Context, kind: Kind, onlyOwn: boolean): unknown {
  const { core, query } = context;
  const user = caller(context);
  const rooms = [...core.state.rooms.values()].filter(
    (room) => room.t === letter(kind) && (!(onlyOwn || kind === 'groups') || subscriptionOf(core, room._id, user._id)),
  );
  const { items, ...counts } = page(core, rooms, query);
  return { [kind]: items, ...counts };
}

function join(context: Context): unknown {
  const { core } = context;
  const room = openRoomOf(context, 'channels');
  const user = joinable(caller(context));
  if (!hasPermission(core, user, 'view-c-room')) throw refusal('error-not-allowed', 'Not allowed');
  addMember(core, room, user);
  return { channel: room };
}

function leave(context: Context, kind: Kind): unknown {
  const room = roomOf(context, kind, context.body);
  const user = caller(context);
  demandInRoom(context, `leave-${letter(kind)}`, room);
  removeMember(context.core, room, user);
  return { [member(kind)]: room };
}

export const roomLifeRoutes: readonly Route[] = [
  ...forBoth((kind) => [
    { method: 'POST', path: `${kind}.create`, handle: (context) => create(context, kind) },
    { method: 'GET', path: `${kind}.info`, handle: (context) => info(context, kind) },
    { method: 'POST', path: `${kind}.delete`, handle: (context) => remove(context, kind) },
    { method: 'POST', path: `${kind}.archive`, handle: (context) => archive(context, kind, true) },
    { method: 'POST', path: `${kind}.unarchive`, handle: (context) => archive(context, kind, false) },
    { method: 'POST', path: `${kind}.rename`, handle: (context) => rename(context, kind) },
    { method: 'POST', path: `${kind}.leave`, handle: (context) => leave(context, kind) },
    { method: 'GET', path: `${kind}.list`, handle: (context) => list(context, kind, false) },
  ]),
  { method: 'GET', path: 'channels.list.joined', handle: (context) => list(context, 'channels', true) },
  {
    method: 'GET',
    path: 'groups.listAll',
    permissions: ['view-room-administration'],
    handle: ({ core, query }) => {
      const groups = [...core.state.rooms.values()].filter(({ t }) => t === 'p');
      const { items, ...counts } = page(core, groups, query);
      return { groups: items, ...counts };
    },
  },
  { method: 'POST', path: 'channels.join', handle: join },
];
