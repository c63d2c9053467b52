import { changeRoom } from '../domain/rooms.js';
import { plainRefusal, refusal } from '../http/errors.js';
import { optionalFlag, optionalText, requiredFlag, requiredText, type Input } from '../http/input.js';
import { type Context, type Route } from '../http/route.js';
import { roomName } from '../domain/room-names.js';
import type { Room } from '../state/model.js';
import { demandInRoom, forBoth, member, openRoomOf, type Kind } from './room-access.js';

/** Endpoint → parameter, field of the room. Channels refuse an unchanged value; groups store it again. */
const TEXTS = [
  ['setTopic', 'topic', 'topic', true],
  ['setDescription', 'description', 'description', true],
  ['setPurpose', 'purpose', 'description', true],
  ['setAnnouncement', 'announcement', 'announcement', false],
] as const;

const same = (kind: Kind, what: string) =>
  plainRefusal(`The ${member(kind)} ${what} is the same as what it would be changed to.`);

function setText(context: Context, kind: Kind, [, parameter, field, compares]: (typeof TEXTS)[number]): unknown {
  const room = openRoomOf(context, kind);
  demandInRoom(context, 'edit-room', room);
  const value = requiredText(context.body, parameter);
  if (kind === 'channels' && compares && (room[field] ?? '') === value) throw same(kind, parameter);
  changeRoom(context.core, room, { [field]: value });
  return { [parameter]: value };
}

function setReadOnly(context: Context, kind: Kind): unknown {
  const room = openRoomOf(context, kind);
  const ro = requiredFlag(context.body, 'readOnly');
  demandInRoom(context, 'set-readonly', room);
  if (room.ro === ro) throw same(kind, 'read only setting');
  changeRoom(context.core, room, { ro });
  return { [member(kind)]: room };
}

function setType(context: Context, kind: Kind): unknown {
  const room = openRoomOf(context, kind);
  const type = requiredText(context.body, 'type');
  if (type !== 'c' && type !== 'p') throw refusal('error-invalid-room-type', `${type} is not a valid room type.`);
  demandInRoom(context, 'edit-room', room);
  if (room.t === type) throw same(kind, 'type');
  retype(context, room, type);
  return { [member(kind)]: room };
}

function retype({ core }: Context, room: Room, t: 'c' | 'p'): void {
  for (const subscription of core.state.subscriptions.values()) if (subscription.rid === room._id) subscription.t = t;
  changeRoom(core, room, { t });
}

/** The two error types are swapped in the real server, too. Members that are there already are not touched. */
function setDefault(context: Context): unknown {
  const room = openRoomOf(context, 'channels');
  const wanted = optionalFlag(context.body, 'default');
  if (wanted === undefined) {
    throw refusal('error-channels-setdefault-is-same', 'The bodyParam "default" is required');
  }
  if ((room.default ?? false) === wanted) {
    throw refusal(
      'error-channels-setdefault-missing-default-param',
      'The channel default setting is the same as what it would be changed to.',
    );
  }
  demandInRoom(context, 'edit-room', room);
  changeRoom(context.core, room, { default: wanted });
  return { channel: room };
}

function setCustomFields(context: Context, kind: Kind): unknown {
  const room = openRoomOf(context, kind);
  const value = context.body['customFields'];
  if (typeof value !== 'object' || value === null)
    throw plainRefusal('The bodyParam "customFields" is required with a type like object.');
  demandInRoom(context, 'edit-room', room);
  changeRoom(context.core, room, { customFields: value as Record<string, unknown> });
  return { [member(kind)]: room };
}

/** Several values of one room at once; what is unchanged is fine here. */
function saveRoomSettings(context: Context): unknown {
  const { core, body } = context;
  const room = core.state.rooms.get(requiredText(body, 'rid'));
  if (!room || room.t === 'd') throw refusal('error-invalid-room', 'Invalid room');
  demandInRoom(context, 'edit-room', room);
  const change: Partial<Room> = {};
  const text = (name: string, field: 'topic' | 'description' | 'announcement') => {
    const value = optionalText(body, name);
    if (value !== undefined) change[field] = value;
  };
  text('roomTopic', 'topic');
  text('roomDescription', 'description');
  text('roomAnnouncement', 'announcement');
  const ro = optionalFlag(body, 'readOnly');
  if (ro !== undefined) change.ro = ro;
  const isDefault = optionalFlag(body, 'default');
  if (isDefault !== undefined) change.default = isDefault;
  const wanted = optionalText(body, 'roomName');
  if (wanted !== undefined && wanted !== room.name && wanted !== room.fname)
    Object.assign(change, roomName(core, wanted, room));
  if (body['roomCustomFields'] !== undefined) change.customFields = body['roomCustomFields'] as Record<string, unknown>;
  changeRoom(core, room, change);
  const type = optionalText(body as Input, 'roomType');
  if ((type === 'c' || type === 'p') && type !== room.t) retype(context, room, type);
  return { rid: room._id };
}

export const roomSettingRoutes: readonly Route[] = [
  ...forBoth((kind) => [
    ...TEXTS.map((row): Route => ({
      method: 'POST',
      path: `${kind}.${row[0]}`,
      handle: (context) => setText(context, kind, row),
    })),
    { method: 'POST', path: `${kind}.setReadOnly`, handle: (context) => setReadOnly(context, kind) },
    { method: 'POST', path: `${kind}.setType`, handle: (context) => setType(context, kind) },
    { method: 'POST', path: `${kind}.setCustomFields`, handle: (context) => setCustomFields(context, kind) },
  ]),
  { method: 'POST', path: 'channels.setDefault', handle: setDefault },
  { method: 'POST', path: 'rooms.saveRoomSettings', handle: saveRoomSettings },
];
