import { z } from 'zod';
import { customOAuthSettingId } from '../custom-oauth.js';
import { RocketChatError, isRocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { ensure, type Change, type CompareOptions } from '../http/ensure.js';
import { walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema, nothingSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';

/** A value that a setting can have. */
export const settingValueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);
export type SettingValue = z.output<typeof settingValueSchema>;

/** A setting; list answers tell more of it than a single one. */
const settingSchema = z.looseObject({
  _id: idSchema,
  value: settingValueSchema.optional(),
  type: z.string().nullish(),
  packageValue: settingValueSchema.optional(),
  public: z.boolean().nullish(),
});
export type RocketChatSetting = z.output<typeof settingSchema>;

const serviceSchema = z.looseObject({
  _id: z.string().nullish(),
  service: z.string().nullish(),
  name: z.string().nullish(),
  clientId: z.string().nullish(),
  custom: z.boolean().nullish(),
});
/** A sign-in service as strangers see it. */
export type OAuthService = z.output<typeof serviceSchema>;

const path = 'settings/:_id';
const listAnswer = z.looseObject({ settings: z.array(settingSchema), ...pageInfoShape });
const listRequest = z.object({ ...pageRequestShape, includeDefaults: z.boolean().optional() });
const named = z.object({ name: z.string().min(1) });

const ROUTES = {
  get: route({ method: 'GET', path, safety: 'repeat', request: z.object({ _id: idSchema }), answer: settingSchema }),
  set: route({
    method: 'POST',
    path,
    safety: 'repeat',
    request: z.object({ _id: idSchema, value: settingValueSchema }),
    answer: doneSchema,
  }),
  setAll: route({
    method: 'POST',
    path: 'settings',
    safety: 'repeat',
    request: z.object({ settings: z.array(z.object({ _id: idSchema, value: settingValueSchema })).min(1) }),
    answer: doneSchema,
  }),
  list: route({ method: 'GET', path: 'settings', safety: 'repeat', request: listRequest, answer: listAnswer }),
  public: route({
    method: 'GET',
    path: 'settings.public',
    auth: 'none',
    safety: 'repeat',
    request: z.object({ ...pageRequestShape, _id: z.string().optional() }),
    answer: listAnswer,
  }),
  oauth: route({
    method: 'GET',
    path: 'settings.oauth',
    auth: 'none',
    safety: 'repeat',
    request: nothingSchema,
    answer: z.looseObject({ services: z.array(serviceSchema) }),
  }),
  addOAuth: route({
    method: 'POST',
    path: 'settings.addCustomOAuth',
    safety: 'repeat',
    request: named,
    answer: doneSchema,
  }),
  removeOAuth: route({
    method: 'POST',
    path: 'settings.removeCustomOAuth',
    safety: 'repeat',
    request: named,
    answer: doneSchema,
  }),
  refreshOAuth: route({
    method: 'POST',
    path: 'settings.refreshOAuthServices',
    safety: 'repeat',
    request: nothingSchema,
    answer: doneSchema,
  }),
} as const;

/** Settings of the server (permissions `view-privileged-setting` and `edit-privileged-setting`, second factor) and its OAuth providers. */
export class SettingsApi {
  constructor(private readonly caller: Caller) {}

  /**
   * One setting, secrets included.
   *
   * @throws {RocketChatError} `not-found` when it is unknown, hidden or blocked
   */
  async get(id: string, options?: CallOptions): Promise<RocketChatSetting> {
    try {
      return await this.caller.call(ROUTES.get, { _id: id }, options);
    } catch (error) {
      throw unknownSetting(error);
    }
  }

  /** The values of these settings; an id that the server does not know is missing in the answer. */
  async values(ids: readonly string[], options?: CallOptions): Promise<Map<string, SettingValue | undefined>> {
    const found = await Promise.all(
      ids.map(async (id) => {
        try {
          return [[id, (await this.get(id, options)).value]] as const;
        } catch (error) {
          if (isRocketChatError(error, 'not-found')) return [];
          throw error;
        }
      }),
    );
    return new Map(found.flat());
  }

  /** All settings, page by page. */
  list({ includeDefaults, ...options }: CallOptions & { includeDefaults?: boolean } = {}) {
    return walkPages(
      (page) => this.caller.call(ROUTES.list, { ...page, includeDefaults }, options),
      ({ settings }) => settings,
    );
  }

  /** One public setting, as a stranger sees it; undefined when it is not public or not there. */
  async public(id: string, options?: CallOptions): Promise<RocketChatSetting | undefined> {
    const { settings } = await this.caller.call(ROUTES.public, { _id: id }, options);
    return settings.find(({ _id }) => _id === id);
  }

  /**
   * Gives a setting a value, unless it has it.
   *
   * @throws {RocketChatError} `not-found`; `invalid` when the value does not fit; `refused` when it is read-only or pinned by the environment
   */
  async set(
    id: string,
    value: SettingValue,
    { compared, ...options }: CallOptions & CompareOptions = {},
  ): Promise<Change> {
    return ensure({
      compared,
      holds: async () => sameValue((await this.get(id, options)).value, value),
      write: () => this.write(id, value, options),
    });
  }

  private async write(id: string, value: SettingValue, options: CallOptions): Promise<void> {
    try {
      await this.caller.call(ROUTES.set, { _id: id, value }, options);
    } catch (error) {
      if (!saysNothing(error)) throw error;
      // Unknown and read-only get the same bare 400; only an unknown one cannot be read.
      await this.get(id, options);
      throw error;
    }
  }

  /**
   * Gives several settings their values: reads them all, writes those that differ, in one call where the server can.
   *
   * @returns the ids that were written
   * @throws {RocketChatError} as `set`. Without the bulk call those before the failing one are written
   */
  async setAll(
    wanted: Readonly<Record<string, SettingValue>>,
    { compared = false, ...options }: CallOptions & CompareOptions = {},
  ): Promise<string[]> {
    const found = compared ? undefined : await this.values(Object.keys(wanted), options);
    const different = Object.entries(wanted).filter(([id, value]) => !found || !sameValue(found.get(id), value));
    const [first] = different;
    if (!first) return [];
    if (different.length === 1) await this.set(...first, { ...options, compared: true });
    else await this.writeAll(different, options);
    return different.map(([id]) => id);
  }

  private async writeAll(values: readonly (readonly [string, SettingValue])[], options?: CallOptions): Promise<void> {
    try {
      const settings = values.map(([_id, value]) => ({ _id, value }));
      await this.caller.call(ROUTES.setAll, { settings }, options);
    } catch (error) {
      // 7.x has no such route; an unknown id is a 400.
      if (!isRocketChatError(error, 'not-found') || (error.status !== 404 && error.status !== 405)) throw error;
      for (const [id, value] of values) await this.set(id, value, { ...options, compared: true });
    }
  }

  /** The sign-in services that strangers are offered: the cheap way to see that a provider is really on. */
  async oauthServices(options?: CallOptions): Promise<OAuthService[]> {
    return (await this.caller.call(ROUTES.oauth, {}, options)).services;
  }

  /**
   * Makes the custom OAuth provider, unless its settings are there. It is off until its on/off setting is true.
   *
   * @throws {RocketChatError} `refused` (`error-action-not-allowed`) without the licence from 9.0 on; `forbidden` without `add-oauth-service`
   */
  addCustomOAuth(name: string, { compared, ...options }: CallOptions & CompareOptions = {}): Promise<Change> {
    return ensure({
      compared,
      holds: () => this.hasCustomOAuth(name, options),
      write: () => this.caller.call(ROUTES.addOAuth, { name }, options),
    });
  }

  /** Removes a custom OAuth provider with all its settings, if it is there. */
  removeCustomOAuth(name: string, { compared, ...options }: CallOptions & CompareOptions = {}): Promise<Change> {
    return ensure({
      compared,
      holds: async () => !(await this.hasCustomOAuth(name, options)),
      write: () => this.caller.call(ROUTES.removeOAuth, { name }, options),
    });
  }

  /** Makes the server read its providers anew at once; it does so by itself two seconds after a change. */
  async refreshOAuthServices(options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.refreshOAuth, {}, options);
  }

  private async hasCustomOAuth(name: string, options?: CallOptions): Promise<boolean> {
    const id = customOAuthSettingId(name);
    return (await this.values([id], options)).has(id);
  }
}

/** The server refuses an unknown id with 400 and no word of what is wrong. */
function unknownSetting(error: unknown): unknown {
  if (!saysNothing(error)) return error;
  const { route: name, status } = error;
  return new RocketChatError({ kind: 'not-found', route: name, status, reason: 'no such setting', cause: error });
}

function saysNothing(error: unknown): error is RocketChatError {
  return isRocketChatError(error, 'refused') && error.status === 400 && !error.errorType && !error.text;
}

/** Settings hold scalars, and JSON now and then. */
function sameValue(left: SettingValue | undefined, right: SettingValue): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
