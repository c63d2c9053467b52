import type { Core } from '../core.js';
import { roomByName } from '../domain/rooms.js';
import { userByName } from '../domain/users.js';
import { forbidden, invalidParams, plainRefusal, refusal } from '../http/errors.js';
import { optionalFlag, optionalList, optionalText, requiredFlag, requiredText, type Input } from '../http/input.js';
import { hasPermission } from '../domain/permissions.js';
import { caller, type Context, type Route } from '../http/route.js';
import { randomId, randomToken } from '../state/ids.js';
import type { Integration } from '../state/model.js';
import { page } from './paging.js';

type Type = Integration['type'];
const ALL = ['all_public_channels', 'all_private_groups', 'all_direct_messages'];
const EVENTS = ['sendMessage', 'fileUploaded', 'roomArchived', 'roomCreated', 'roomJoined', 'roomLeft', 'userCreated'];

function typeOf(input: Input): Type {
  const type = requiredText(input, 'type');
  if (type !== 'webhook-incoming' && type !== 'webhook-outgoing') throw plainRefusal('Invalid integration type.');
  return type;
}

/** Each direction has a permission of its own. @throws RcError 403 */
function demandFor({ core, ...rest }: Context, type: Type): void {
  const permission = type === 'webhook-incoming' ? 'manage-incoming-integrations' : 'manage-outgoing-integrations';
  if (!hasPermission(core, caller({ core, ...rest }), permission)) throw forbidden(core.profile.terseErrors, false);
}

/** The checked fields of a request. */
function fields(core: Core, type: Type, body: Input): Omit<Integration, '_id' | 'token' | '_createdAt' | '_updatedAt'> {
  const user = userByName(core, requiredText(body, 'username'));
  if (!user) throw refusal('error-invalid-user', 'Invalid user');
  const outgoing = type === 'webhook-outgoing';
  const event = outgoing ? requiredText(body, 'event') : undefined;
  if (event !== undefined && !EVENTS.includes(event)) throw refusal('error-invalid-event-type', 'Invalid event type');
  const channel = optionalList(body, 'channel') ?? [];
  if (channel.length === 0 && event !== 'userCreated') throw refusal('error-invalid-channel', 'Invalid channel');
  for (const one of channel) checkChannel(core, one);
  const urls = optionalList(body, 'urls');
  if (outgoing && !urls?.some((url) => url !== '')) throw refusal('error-invalid-urls', 'Invalid URLs');
  return {
    type,
    name: requiredText(body, 'name'),
    enabled: requiredFlag(body, 'enabled'),
    username: user.username ?? '',
    userId: user._id,
    channel,
    scriptEnabled: requiredFlag(body, 'scriptEnabled'),
    script: optionalText(body, 'script') ?? '',
    ...(event === undefined ? {} : { event }),
    ...(urls ? { urls } : {}),
    triggerWords: optionalList(body, 'triggerWords') ?? [],
    retryFailedCalls: optionalFlag(body, 'retryFailedCalls') ?? outgoing,
    retryCount: typeof body['retryCount'] === 'number' ? body['retryCount'] : 6,
    retryDelay: optionalText(body, 'retryDelay') ?? 'powers-of-ten',
    overrideDestinationChannelEnabled: optionalFlag(body, 'overrideDestinationChannelEnabled') ?? false,
    alias: optionalText(body, 'alias') ?? '',
    avatar: optionalText(body, 'avatar') ?? '',
    emoji: optionalText(body, 'emoji') ?? '',
  };
}

function checkChannel(core: Core, channel: string): void {
  if (ALL.includes(channel)) return;
  const found = channel.startsWith('@') ? userByName(core, channel.slice(1)) : roomByName(core, channel);
  if (!/^[@#]/.test(channel)) {
    throw refusal('error-invalid-channel-start-with-chars', 'Invalid channel. Start with @ or #');
  }
  if (!found) throw refusal('error-invalid-room', 'Invalid room');
}

function create(context: Context): unknown {
  const { core, body } = context;
  const type = typeOf(body);
  demandFor(context, type);
  const now = core.clock.date();
  const integration: Integration = {
    ...fields(core, type, body),
    _id: randomId(),
    token: (type === 'webhook-outgoing' && optionalText(body, 'token')) || randomToken(),
    _createdAt: now,
    _updatedAt: now,
  };
  core.state.integrations.set(integration._id, integration);
  core.touch();
  return { integration };
}

function update(context: Context): unknown {
  const { core, body } = context;
  const type = typeOf(body);
  demandFor(context, type);
  const integration = existing(core, requiredText(body, 'integrationId'), type);
  Object.assign(integration, fields(core, type, { ...integration, ...body }), { _updatedAt: core.clock.date() });
  const token = optionalText(body, 'token');
  if (type === 'webhook-outgoing' && token) integration.token = token;
  core.touch();
  return { integration };
}

function remove(context: Context): unknown {
  const { core, body } = context;
  const type = typeOf(body);
  demandFor(context, type);
  const id = optionalText(body, 'integrationId');
  const url = optionalText(body, 'target_url');
  if (!id && !url) throw invalidParams('An integrationId or target_url needs to be provided.');
  const byUrl = url ? [...core.state.integrations.values()].find(({ urls }) => urls?.includes(url)) : undefined;
  const integration = id ? existing(core, id, type) : byUrl;
  if (!integration) throw plainRefusal('No integration found.');
  core.state.integrations.delete(integration._id);
  core.touch();
  return { integration };
}

function existing({ state }: Core, id: string, type: Type): Integration {
  const integration = state.integrations.get(id);
  if (integration?.type !== type) throw plainRefusal('No integration found.');
  return integration;
}

function list(context: Context): unknown {
  const { core, query } = context;
  const user = caller(context);
  const mayBoth = ['manage-incoming-integrations', 'manage-outgoing-integrations'].some((one) =>
    hasPermission(core, user, one),
  );
  if (!mayBoth) throw forbidden(core.profile.terseErrors, true);
  const wanted = optionalText(query, 'type');
  const found = [...core.state.integrations.values()].filter(({ type }) => !wanted || type === wanted);
  const { items, ...counts } = page(core, found, query);
  return { integrations: items, items: items.length, ...counts };
}

function get(context: Context): unknown {
  const integration = context.core.state.integrations.get(requiredText(context.query, 'integrationId'));
  if (!integration) throw plainRefusal('The integration does not exists.');
  demandFor(context, integration.type);
  return { integration };
}

export const integrationRoutes: readonly Route[] = [
  { method: 'POST', path: 'integrations.create', handle: create },
  { method: 'PUT', path: 'integrations.update', handle: update },
  { method: 'POST', path: 'integrations.remove', handle: remove },
  { method: 'GET', path: 'integrations.list', handle: list },
  { method: 'GET', path: 'integrations.get', handle: get },
];
