import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import { ensure, type Change, type CompareOptions } from '../http/ensure.js';
import { collect, walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';

const integrationSchema = z.looseObject({
  _id: idSchema,
  type: z.enum(['webhook-incoming', 'webhook-outgoing']),
  name: z.string().nullish(),
  enabled: z.boolean().nullish(),
  username: z.string().nullish(),
  /** `#name`, `@user`, `all_public_channels` …; sent as one text, told as a list. */
  channel: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .transform((channel) => (typeof channel === 'string' ? channel.split(',').filter(Boolean) : (channel ?? []))),
  event: z.string().nullish(),
  urls: z.array(z.string()).nullish(),
  /** Outgoing: proves to us who calls. Incoming: the secret part of the address. */
  token: z.string().nullish(),
  scriptEnabled: z.boolean().nullish(),
  alias: z.string().nullish(),
});
export type RocketChatIntegration = z.output<typeof integrationSchema>;

const common = {
  name: z.string().min(1),
  enabled: z.boolean(),
  /** In whose name messages are written. */
  username: z.string().min(1),
  channel: z.string().min(1),
  alias: z.string().optional(),
  avatar: z.string().optional(),
  emoji: z.string().optional(),
  scriptEnabled: z.boolean().default(false),
};
const incoming = z.object({
  type: z.literal('webhook-incoming'),
  ...common,
  overrideDestinationChannelEnabled: z.boolean().default(false),
});
const outgoing = z.object({
  type: z.literal('webhook-outgoing'),
  ...common,
  event: z.enum([
    'sendMessage',
    'fileUploaded',
    'roomArchived',
    'roomCreated',
    'roomJoined',
    'roomLeft',
    'userCreated',
  ]),
  urls: z.array(z.url()).min(1),
  token: z.string().optional(),
  targetRoom: z.string().optional(),
  triggerWords: z.array(z.string()).optional(),
  runOnEdits: z.boolean().optional(),
  retryFailedCalls: z.boolean().optional(),
  retryCount: z.number().int().optional(),
  retryDelay: z.enum(['powers-of-ten', 'powers-of-two', 'increments-of-two']).optional(),
});
const wanted = z.discriminatedUnion('type', [incoming, outgoing]);
export type IntegrationToCreate = z.input<typeof wanted>;

/** Required by the server for changes; scripts themselves stay off. */
const scriptEngine = z.literal('isolated-vm').default('isolated-vm');
const answer = z.looseObject({ integration: integrationSchema });

const ROUTES = {
  list: route({
    method: 'GET',
    path: 'integrations.list',
    safety: 'repeat',
    request: z.object(pageRequestShape),
    answer: z.looseObject({ integrations: z.array(integrationSchema), ...pageInfoShape }),
  }),
  get: route({
    method: 'GET',
    path: 'integrations.get',
    safety: 'repeat',
    request: z.object({ integrationId: idSchema }),
    answer,
  }),
  create: route({ method: 'POST', path: 'integrations.create', safety: 'once', request: wanted, answer }),
  update: route({
    method: 'PUT',
    path: 'integrations.update',
    safety: 'repeat',
    request: z.discriminatedUnion('type', [
      incoming.extend({ integrationId: idSchema, scriptEngine }),
      outgoing.extend({ integrationId: idSchema, scriptEngine }),
    ]),
    answer: z.looseObject({ integration: integrationSchema.nullish() }),
  }),
  remove: route({
    method: 'POST',
    path: 'integrations.remove',
    safety: 'repeat',
    request: z.object({ type: z.enum(['webhook-incoming', 'webhook-outgoing']), integrationId: idSchema }),
    answer: doneSchema,
  }),
  hook: route({
    method: 'POST',
    path: '/hooks/:integrationId/:token',
    auth: 'none',
    safety: 'once',
    request: z.object({
      integrationId: idSchema,
      token: z.string().min(1),
      text: z.string(),
      channel: z.string().optional(),
      alias: z.string().optional(),
    }),
    answer: z.unknown(),
  }),
};

/** Webhooks (permissions `manage-incoming-integrations`, `manage-outgoing-integrations`). */
export class IntegrationsApi {
  constructor(private readonly caller: Caller) {}

  /** All webhooks of both directions, page by page. */
  list(options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(ROUTES.list, page, options),
      ({ integrations }) => integrations,
    );
  }

  /** @throws {RocketChatError} `not-found` */
  async get(integrationId: string, options?: CallOptions): Promise<RocketChatIntegration> {
    return (await this.caller.call(ROUTES.get, { integrationId }, options)).integration;
  }

  /** Makes a webhook; two of the same name are possible, so it is never sent twice. */
  async create(integration: IntegrationToCreate, options?: CallOptions): Promise<RocketChatIntegration> {
    return (await this.caller.call(ROUTES.create, integration, options)).integration;
  }

  /** Replaces a webhook's members. */
  async update(integrationId: string, integration: IntegrationToCreate, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.update, { ...integration, integrationId }, options);
  }

  /** Removes a webhook, if it is there. */
  remove(
    { _id: integrationId, type }: Pick<RocketChatIntegration, '_id' | 'type'>,
    { compared, ...options }: CallOptions & CompareOptions = {},
  ): Promise<Change> {
    return ensure({
      compared,
      removes: true,
      holds: async () => !(await collect(this.list(options))).some(({ _id }) => _id === integrationId),
      write: () => this.caller.call(ROUTES.remove, { type, integrationId }, options),
    });
  }

  /**
   * Writes a message through an incoming webhook.
   *
   * @throws {RocketChatError} `not-found` when id or token are wrong
   */
  async post(
    hook: { integrationId: string; token: string },
    message: { text: string; channel?: string; alias?: string },
    options?: CallOptions,
  ): Promise<void> {
    await this.caller.call(ROUTES.hook, { ...hook, ...message }, options);
  }
}
