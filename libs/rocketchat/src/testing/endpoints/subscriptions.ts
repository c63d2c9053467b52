import { markRead } from '../domain/messages.js';
import { tellSubscription } from '../domain/membership.js';
import { subscriptionOf } from '../domain/permissions.js';
import { invalidParams, refusal } from '../http/errors.js';
import { optionalFlag, optionalText, requiredText } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import { since } from './rooms.js';

/** The caller's memberships only. */
function get(context: Context): unknown {
  const { core, query } = context;
  const user = caller(context);
  const from = since(query['updatedSince']);
  const own = [...core.state.subscriptions.values()].filter(
    ({ u, _updatedAt }) => u._id === user._id && (from === undefined || _updatedAt.getTime() > from),
  );
  const removed = core.state.removed.subscriptions.filter(
    ({ uid, _deletedAt }) => uid === user._id && from !== undefined && _deletedAt.getTime() > from,
  );
  return { update: own, remove: removed.map(({ _id, _deletedAt }) => ({ _id, _deletedAt })) };
}

function getOne(context: Context): unknown {
  const roomId = requiredText(context.query, 'roomId');
  return { subscription: subscriptionOf(context.core, roomId, caller(context)._id) ?? null };
}

function read(context: Context): unknown {
  const { core, body } = context;
  const rid = optionalText(body, 'rid') ?? optionalText(body, 'roomId');
  if (!rid) throw invalidParams("must have required property 'rid'");
  const subscription = subscriptionOf(core, rid, caller(context)._id);
  if (!subscription) throw refusal('error-invalid-subscription', 'Invalid subscription');
  markRead(core, subscription, optionalFlag(body, 'readThreads') ?? false);
  return {};
}

function unread(context: Context): unknown {
  const { core, body } = context;
  const rid = optionalText(body, 'roomId') ?? '';
  const subscription = subscriptionOf(core, rid, caller(context)._id);
  if (!subscription) throw refusal('error-invalid-subscription', 'Invalid subscription');
  Object.assign(subscription, { alert: true, unread: Math.max(1, subscription.unread), _updatedAt: core.clock.date() });
  core.touch();
  tellSubscription(core, subscription, 'updated');
  return {};
}

export const subscriptionRoutes: readonly Route[] = [
  { method: 'GET', path: 'subscriptions.get', handle: get },
  { method: 'GET', path: 'subscriptions.getOne', handle: getOne },
  { method: 'POST', path: 'subscriptions.read', handle: read },
  { method: 'POST', path: 'subscriptions.unread', handle: unread },
];
