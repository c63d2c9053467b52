import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import {
  collect,
  CUSTOM_OAUTH_FIELDS,
  customOAuthSettingId,
  isRocketChatError,
  RocketChatClient,
  type ServerProfile,
  type SettingValue,
} from '@besedka/rocketchat';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import { StartupError } from '../../../config/config-error.js';
import type { RocketChatMode } from '../../../config/rocketchat.config.js';
import { BridgeClient } from '../bridge-client.js';
import { type DesiredState, desiredState, PROVIDER, WIZARD } from '../desired-state.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { tokenSecretFits } from '../token-secret.js';
import type { AdminState, ClientState, Observations } from './observations.js';
import { frameHeaders, reach } from './reach.js';

/** Milliseconds for everything together: the page says something within ten seconds, and looks into the browser besides. */
const ALTOGETHER_MS = 4_500;
/** Milliseconds for the questions that everything else hangs on. */
const FIRST_MS = 3_000;
/** Milliseconds for which a token secret that was seen to fit is believed: each look makes a session and ends it. */
const SECRET_FITS_MS = 60_000;

const SETTINGS = [
  'Site_Url',
  WIZARD,
  'Iframe_Restrict_Access',
  'Iframe_Integration_receive_enable',
  'Iframe_Integration_receive_origin',
  'Iframe_Integration_send_enable',
  'Iframe_Integration_send_target_origin',
  'Accounts_iframe_enabled',
  'Accounts_iframe_url',
  'Accounts_Iframe_api_url',
  'Accounts_Iframe_api_method',
] as const;

/** What the bridge's account needs; `permissions.listAll` tells who holds what. */
const PERMISSIONS = [
  'view-privileged-setting',
  'edit-privileged-setting',
  'create-user',
  'edit-other-user-info',
  'edit-other-user-active-status',
  'view-full-other-user-info',
  'view-other-user-channels',
  'logout-other-user',
  'view-room-administration',
];
const PERMISSIONS_OF: Readonly<Record<RocketChatMode, readonly string[]>> = {
  oauth: ['add-oauth-service'],
  'iframe-token': ['user-generate-access-token'],
};

/** Looks at the configured server from here: as a stranger, as the admin, and as a browser would load its page. */
@Injectable()
export class Observer implements OnModuleDestroy {
  private admin: RocketChatClient | null = null;
  private stranger: RocketChatClient | null = null;
  private secretFitUntil = 0;

  constructor(
    private readonly config: AppConfig,
    private readonly clients: BridgeClient,
    private readonly rooms: RoomLinksRepository,
  ) {}

  onModuleDestroy(): void {
    this.admin?.close();
    this.stranger?.close();
  }

  /** Everything that can be seen within a few seconds. What fails is unknown, not wrong, unless its answer says so. */
  async observe(): Promise<Observations> {
    const { url, apiUrl } = this.config.rocketChat;
    const nothing = this.nothing();
    if (url === null || apiUrl === null) return nothing;
    const signal = AbortSignal.timeout(ALTOGETHER_MS);
    const first = AbortSignal.timeout(FIRST_MS);
    const [reached, publicReached, page] = await Promise.all([
      reach(apiUrl, first),
      url === apiUrl ? null : reach(url, first),
      this.page(url, apiUrl, first),
    ]);
    const seen = { ...nothing, reached, publicReached, page };
    if (reached.kind !== 'rocketchat') return seen;
    const mode = this.config.rocketChat.mode ?? reached.profile.signInModes[0] ?? null;
    const desired = this.desired(reached.profile);
    const [isReady, isOffered, asAdmin] = await Promise.all([
      this.isReady(apiUrl, signal),
      this.isOffered(apiUrl, signal),
      this.asAdmin(mode, desired, signal),
    ]);
    return { ...seen, mode, desired, isReady, isOffered, ...asAdmin };
  }

  /** The connection of diagnostics as the admin: one try, never waiting for limits. Null: there is no account. */
  adminClient(): RocketChatClient | null {
    const { admin, apiUrl } = this.config.rocketChat;
    if (admin === null || apiUrl === null) return null;
    this.admin ??= new RocketChatClient({
      baseUrl: apiUrl,
      ...OPTIONS,
      credentials: admin,
      maxConcurrent: 12,
      // Below what locks an account (ten tries in five minutes), and soon enough for somebody who is mending it.
      rememberRefusalMs: 60_000,
    });
    return this.admin;
  }

  private nothing(): Observations {
    const { rocketChat, http } = this.config;
    const { url: chatUrl, apiUrl } = rocketChat;
    return {
      ...{ portalUrl: http.publicUrl, chatUrl, apiUrl, hasAdmin: rocketChat.admin !== null },
      ...{ reached: null, publicReached: null, isReady: null, mode: rocketChat.mode, desired: null, admin: null },
      ...{ page: null, settings: null, isOffered: null, client: null, tokenSecret: null, missingChannels: null },
    };
  }

  /** As browsers load it; where that address is out of reach from here, as the server itself sends it. */
  private async page(url: string, apiUrl: string, signal: AbortSignal): Promise<Headers | null> {
    const outside = await frameHeaders(url, signal);
    return outside ?? (url === apiUrl ? null : frameHeaders(apiUrl, signal));
  }

  private desired(server: ServerProfile): DesiredState | null {
    const { rocketChat, http } = this.config;
    if (rocketChat.url === null) return null;
    try {
      return desiredState({
        portalUrl: http.publicUrl,
        innerPortalUrl: rocketChat.portalUrl ?? http.publicUrl,
        rocketChatUrl: rocketChat.url,
        mode: rocketChat.mode,
        server,
        channels: BUILT_IN_CHANNELS,
        marks: rocketChat.marks,
      });
    } catch (error) {
      // The mode does not work with this version: a finding of its own.
      if (error instanceof StartupError) return null;
      throw error;
    }
  }

  private async isReady(apiUrl: string, signal: AbortSignal): Promise<boolean | null> {
    this.stranger ??= new RocketChatClient({ baseUrl: apiUrl, ...OPTIONS });
    return unlessUnknown(async () => (await this.stranger?.info.health({ signal }))?.ready ?? null);
  }

  private async isOffered(apiUrl: string, signal: AbortSignal): Promise<boolean | null> {
    this.stranger ??= new RocketChatClient({ baseUrl: apiUrl, ...OPTIONS });
    return unlessUnknown(async () => {
      const services = await this.stranger?.settings.oauthServices({ signal });
      return services?.some(({ service, name }) => (service ?? name) === PROVIDER) ?? null;
    });
  }

  private async asAdmin(
    mode: RocketChatMode | null,
    desired: DesiredState | null,
    signal: AbortSignal,
  ): Promise<Partial<Observations>> {
    const rocket = this.adminClient();
    if (rocket === null) return {};
    const me = await this.whoAmI(rocket, signal);
    if (!('userId' in me)) return me.kind === 'unknown' ? {} : { admin: me };
    const [admin, settings, missingChannels, tokenSecret] = await Promise.all([
      this.permissions(rocket, me.roles, mode, signal),
      this.settings(rocket, signal),
      this.missingChannels(rocket, signal),
      mode === 'iframe-token' ? this.tokenSecret(rocket, me.userId, signal) : null,
    ]);
    if ('kind' in settings) return { admin: settings.kind === 'unknown' ? admin : settings };
    const client = await unlessUnknown(() => this.client(desired, settings));
    return { admin, settings, client, missingChannels, tokenSecret };
  }

  private async whoAmI(
    rocket: RocketChatClient,
    signal: AbortSignal,
  ): Promise<{ userId: string; roles: readonly string[] } | AdminState | Unknown> {
    return orWhatTheAdminMet(async () => {
      const { _id, roles } = await rocket.auth.me({ signal });
      return { userId: _id, roles: roles ?? [] };
    });
  }

  private async permissions(
    rocket: RocketChatClient,
    roles: readonly string[],
    mode: RocketChatMode | null,
    signal: AbortSignal,
  ): Promise<AdminState | null> {
    const needed = [...PERMISSIONS, ...(mode === null ? [] : PERMISSIONS_OF[mode])];
    return unlessUnknown(async () => {
      const all = await rocket.permissions.list({ signal });
      // One that the version does not know cannot be missing.
      const missing = all.filter(
        ({ _id, roles: holders }) => needed.includes(_id) && !holders.some((one) => roles.includes(one)),
      );
      return { kind: 'works', missing: missing.map(({ _id }) => _id) };
    });
  }

  private settings(
    rocket: RocketChatClient,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SettingValue> | AdminState | Unknown> {
    const ids = [
      ...SETTINGS,
      customOAuthSettingId(PROVIDER),
      ...CUSTOM_OAUTH_FIELDS.map((field) => customOAuthSettingId(PROVIDER, field)),
    ];
    return orWhatTheAdminMet(async () => {
      const values = new Map<string, SettingValue>();
      for (const [id, value] of await rocket.settings.values(ids, { signal }))
        if (value !== undefined) values.set(id, value);
      return values;
    });
  }

  private async missingChannels(rocket: RocketChatClient, signal: AbortSignal): Promise<readonly string[] | null> {
    return unlessUnknown(async () => {
      const [links, rooms] = await Promise.all([
        this.rooms.all(),
        collect(rocket.rooms.adminRooms({ types: ['c', 'p'], signal })),
      ]);
      const open = new Set(rooms.filter(({ archived }) => archived !== true).map(({ _id }) => _id));
      return BUILT_IN_CHANNELS.filter(({ key }) => !open.has(links.get(key) ?? '')).map(({ key }) => key);
    });
  }

  private async tokenSecret(
    rocket: RocketChatClient,
    userId: string,
    signal: AbortSignal,
  ): Promise<Observations['tokenSecret']> {
    const { tokenSecret: secret } = this.config.rocketChat;
    if (secret === null) return 'missing';
    if (Date.now() < this.secretFitUntil) return 'fits';
    const fits = await tokenSecretFits(rocket, userId, secret, signal);
    if (fits === true) this.secretFitUntil = Date.now() + SECRET_FITS_MS;
    return fits === null ? null : fits ? 'fits' : 'wrong';
  }

  private async client(
    desired: DesiredState | null,
    settings: ReadonlyMap<string, SettingValue>,
  ): Promise<ClientState | null> {
    if (desired?.provider == null) return null;
    const text = (field: 'id' | 'secret'): string => {
      const value = settings.get(customOAuthSettingId(PROVIDER, field));
      return typeof value === 'string' ? value : '';
    };
    const there = { id: text('id'), secret: text('secret') };
    try {
      const { clientId, problems, secretFits } = await this.clients.find(desired.provider.client, there);
      return {
        isRegistered: clientId !== null,
        problems: problems.map(({ id }) => id),
        idFits: there.id === clientId,
        secretFits,
      };
    } catch (error) {
      if (error instanceof StartupError) return { isRegistered: false, problems: [], idFits: false, secretFits: false };
      throw error;
    }
  }
}

const OPTIONS = { timeoutMs: FIRST_MS, rateLimitWaitMs: 0, retry: { attempts: 1 } } as const;

interface Unknown {
  readonly kind: 'unknown';
}

/** What Rocket.Chat refuses or cannot tell at the moment is unknown. @throws whatever is a fault of ours */
async function unlessUnknown<T>(look: () => Promise<T | null>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (isRocketChatError(error) || isAbort(error)) return null;
    throw error;
  }
}

/** As above, but a refusal says something about the admin account. */
async function orWhatTheAdminMet<T>(look: () => Promise<T>): Promise<T | AdminState | Unknown> {
  try {
    return await look();
  } catch (error) {
    if (isRocketChatError(error, 'unauthorized')) return { kind: 'refused' };
    if (isRocketChatError(error, 'second-factor')) return { kind: 'second-factor' };
    if (isRocketChatError(error, 'forbidden')) return { kind: 'forbidden', what: error.route };
    if (isRocketChatError(error) || isAbort(error)) return { kind: 'unknown' };
    throw error;
  }
}

const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError');
