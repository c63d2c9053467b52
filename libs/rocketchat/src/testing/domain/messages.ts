import type { Core } from '../core.js';
import { plainRefusal, refusal } from '../http/errors.js';
import { randomId } from '../state/ids.js';
import type { Message, Room, Subscription, User } from '../state/model.js';
import { tellMembers, tellSubscription } from './membership.js';
import { hasPermission, subscriptionOf } from './permissions.js';

/** A message older than this raises no numbers, in ms. */
const COUNTED_FOR = 60_000;

export interface NewMessage {
  _id?: string | undefined;
  text: string;
  tmid?: string | undefined;
  alias?: string | undefined;
  avatar?: string | undefined;
  emoji?: string | undefined;
  attachments?: unknown[] | undefined;
  /** The integration that writes it. */
  bot?: string;
  ts?: Date | undefined;
}

/** Whether somebody may read a room: a member, or a channel that everybody may look into. */
export function canRead(core: Core, room: Room, user: User): boolean {
  if (subscriptionOf(core, room._id, user._id)) return true;
  return room.t === 'c' && hasPermission(core, user, 'view-c-room');
}

/**
 * Writes a message and counts it for the others.
 *
 * @throws RcError `error-not-allowed` for strangers, archived and read-only rooms
 */
export function postMessage(core: Core, room: Room, author: User, input: NewMessage): Message {
  if (room.archived) throw refusal('error-not-allowed', 'Room is archived');
  if (!input.bot && !subscriptionOf(core, room._id, author._id)) throw refusal('error-not-allowed', 'Not allowed');
  if (!input.bot && room.ro && !hasPermission(core, author, 'post-readonly', room._id)) {
    throw plainRefusal("You can't send messages because the room is readonly.");
  }
  const now = core.clock.date();
  const message: Message = {
    _id: input._id ?? randomId(),
    rid: room._id,
    msg: input.text,
    ts: input.ts ?? now,
    u: { _id: author._id, username: author.username ?? '', name: author.name ?? '' },
    mentions: mentionsIn(core, input.text),
    ...(input.tmid ? { tmid: input.tmid } : {}),
    ...(input.alias ? { alias: input.alias } : {}),
    ...(input.avatar ? { avatar: input.avatar } : {}),
    ...(input.emoji ? { emoji: input.emoji } : {}),
    ...(input.attachments ? { attachments: input.attachments } : {}),
    ...(input.bot ? { bot: { i: input.bot } } : {}),
    _updatedAt: now,
  };
  core.state.messages.push(message);
  room.msgs += 1;
  if (!message.tmid) room.lm = message.ts;
  if (core.settings.bool('Store_Last_Message')) room.lastMessage = message;
  room._updatedAt = now;
  core.touch();
  core.events.emit('roomMessage', room._id, message);
  tellMembers(core, room);
  count(core, room, message);
  core.events.emit('integration', 'sendMessage', { roomId: room._id, userId: author._id, messageId: message._id });
  return message;
}

/** Reading resets everything that was counted. */
export function markRead(core: Core, subscription: Subscription, threads = false): void {
  const now = core.clock.date();
  const more = threads ? { tunread: [], tunreadUser: [], tunreadGroup: [] } : {};
  const alert = !threads && (subscription.tunread?.length ?? 0) > 0;
  Object.assign(subscription, { open: true, alert, unread: 0, userMentions: 0, groupMentions: 0, ls: now, ...more });
  subscription._updatedAt = now;
  core.touch();
  tellSubscription(core, subscription, 'updated');
}

/** What the badge of a user's own Rocket.Chat shows. */
export function totalUnread({ state }: Core, userId: string): number {
  return [...state.subscriptions.values()]
    .filter(({ u, open, archived, hideUnreadStatus }) => u._id === userId && open && !archived && !hideUnreadStatus)
    .reduce((sum, { unread, tunread }) => sum + unread + (tunread?.length ?? 0), 0);
}

function mentionsIn({ state }: Core, text: string): Message['mentions'] {
  const names = new Set([...text.matchAll(/(?:^|\s)@([\w.-]+)/g)].map(([, name]) => (name ?? '').toLowerCase()));
  const people = [...state.users.values()].filter(({ username }) => names.has(username?.toLowerCase() ?? '\0'));
  const groups = ['all', 'here'].filter((name) => names.has(name)).map((name) => ({ _id: name, username: name }));
  return [...people.map(({ _id, username }) => ({ _id, username: username ?? '' })), ...groups];
}

/** Everybody but the author gets an alert; what adds to the number is a setting. */
function count(core: Core, room: Room, message: Message): void {
  const counts = core.clock.now() - message.ts.getTime() <= COUNTED_FOR;
  const toAll = message.mentions.some(({ _id }) => _id === 'all' || _id === 'here');
  for (const subscription of core.state.subscriptions.values()) {
    if (subscription.rid !== room._id) continue;
    if (subscription.u._id === message.u._id && !message.bot) {
      Object.assign(subscription, { unread: 0, alert: false, userMentions: 0, groupMentions: 0, ls: message.ts });
    } else if (counts) {
      countFor(core, room, message, subscription, toAll);
    }
    subscription._updatedAt = core.clock.date();
    tellSubscription(core, subscription, 'updated');
    const { name, t } = room;
    if (subscription.u._id === message.u._id) continue;
    core.events.emit('notifyUser', subscription.u._id, 'notification', [
      {
        title: `#${name ?? ''}`,
        text: message.msg,
        payload: { _id: message._id, rid: room._id, sender: message.u, type: t, name },
      },
    ]);
  }
}

function countFor(core: Core, room: Room, message: Message, subscription: Subscription, toAll: boolean): void {
  const mentioned = message.mentions.some(({ _id }) => _id === subscription.u._id);
  if (message.tmid) {
    const follows = core.state.messages.some(
      ({ _id, tmid, u }) => (_id === message.tmid || tmid === message.tmid) && u._id === subscription.u._id,
    );
    if (!follows && !mentioned && !toAll) return;
    const add = (list: string[] | undefined) => [...new Set([...(list ?? []), message.tmid!])];
    subscription.tunread = add(subscription.tunread);
    if (mentioned) subscription.tunreadUser = add(subscription.tunreadUser);
    if (toAll) subscription.tunreadGroup = add(subscription.tunreadGroup);
    Object.assign(subscription, { alert: true, open: true });
    return;
  }
  Object.assign(subscription, { alert: true, open: true });
  if (mentioned) subscription.userMentions += 1;
  if (toAll) subscription.groupMentions += 1;
  if (raises(core, room, mentioned, toAll)) subscription.unread += 1;
}

function raises({ settings }: Core, room: Room, mentioned: boolean, toAll: boolean): boolean {
  switch (settings.text(room.t === 'd' ? 'Unread_Count_DM' : 'Unread_Count')) {
    case 'all_messages':
      return true;
    case 'user_mentions_only':
      return mentioned;
    case 'group_mentions_only':
      return toAll;
    default:
      return mentioned || toAll;
  }
}
