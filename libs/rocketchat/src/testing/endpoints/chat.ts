import { canRead, postMessage } from '../domain/messages.js';
import { hasPermission } from '../domain/permissions.js';
import { directRoom, roomByName } from '../domain/rooms.js';
import { userByName } from '../domain/users.js';
import { invalidParams, plainRefusal, refusal } from '../http/errors.js';
import { optionalText, requiredObject, requiredText, type Input } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import type { Room } from '../state/model.js';
import { page } from './paging.js';

function sendMessage(context: Context): unknown {
  const { core, body } = context;
  const input = requiredObject(body, 'message');
  const room = core.state.rooms.get(requiredText(input, 'rid'));
  if (!room) throw refusal('error-invalid-room', 'Invalid room');
  const message = postMessage(core, room, caller(context), {
    _id: optionalText(input, '_id'),
    text: optionalText(input, 'msg') ?? '',
    tmid: optionalText(input, 'tmid'),
    alias: optionalText(input, 'alias'),
    avatar: optionalText(input, 'avatar'),
    emoji: optionalText(input, 'emoji'),
    attachments: input['attachments'] as unknown[] | undefined,
  });
  return { message };
}

/** `#name`, `@user` or an id. @throws RcError "invalid-channel" */
function targetOf(context: Context, input: Input): Room {
  const { core } = context;
  const roomId = optionalText(input, 'roomId');
  const channel = optionalText(input, 'channel');
  if (!roomId && !channel) throw invalidParams("must have required property 'roomId' or 'channel'");
  if (channel?.startsWith('@')) {
    const other = userByName(core, channel.slice(1));
    if (other) return directRoom(core, [caller(context), other]);
  }
  const room = core.state.rooms.get(roomId ?? channel ?? '') ?? roomByName(core, channel ?? '');
  if (!room) throw plainRefusal('invalid-channel');
  return room;
}

function post(context: Context): unknown {
  const { core, body } = context;
  const room = targetOf(context, body);
  const message = postMessage(core, room, caller(context), {
    text: optionalText(body, 'text') ?? optionalText(body, 'msg') ?? '',
    tmid: optionalText(body, 'tmid'),
    alias: optionalText(body, 'alias'),
    avatar: optionalText(body, 'avatar'),
    emoji: optionalText(body, 'emoji'),
    attachments: body['attachments'] as unknown[] | undefined,
  });
  return { ts: message.ts.getTime(), channel: room.name ?? room._id, message };
}

function history(context: Context): unknown {
  const { core, query } = context;
  const room = core.state.rooms.get(requiredText(query, 'roomId'));
  if (!room || !canRead(core, room, caller(context))) throw refusal('error-room-not-found', 'Room not found');
  const messages = core.state.messages.filter(({ rid, tmid }) => rid === room._id && !tmid).reverse();
  const { items, ...counts } = page(core, messages, query);
  return { messages: items, ...counts };
}

function remove(context: Context): unknown {
  const { core, body } = context;
  const id = requiredText(body, 'msgId');
  const found = core.state.messages.find(({ _id, rid }) => _id === id && rid === body['roomId']);
  if (!found) throw plainRefusal(`No message found with the id of "${id}".`);
  const user = caller(context);
  if (found.u._id !== user._id && !hasPermission(core, user, 'edit-room', found.rid))
    throw refusal('error-action-not-allowed', 'Not allowed');
  core.state.messages = core.state.messages.filter((one) => one !== found);
  core.touch();
  return { _id: id, ts: core.clock.now(), message: found };
}

function get({ core, query }: Context): unknown {
  const message = core.state.messages.find(({ _id }) => _id === query['msgId']);
  if (!message) throw plainRefusal('Message not found');
  return { message };
}

export const chatRoutes: readonly Route[] = [
  { method: 'POST', path: 'chat.sendMessage', handle: sendMessage },
  { method: 'POST', path: 'chat.postMessage', handle: post },
  { method: 'POST', path: 'chat.delete', handle: remove },
  { method: 'GET', path: 'chat.getMessage', handle: get },
  { method: 'GET', path: 'channels.messages', handle: history },
  { method: 'GET', path: 'groups.messages', handle: history },
  { method: 'GET', path: 'im.messages', handle: history },
];
