import { boot } from './boot.js';
import { Core, type Call, type CoreOptions } from './core.js';
import { Sockets } from './ddp/sockets.js';
import { API_ROUTES } from './endpoints/index.js';
import { answerHealth } from './endpoints/health.js';
import type { Faults } from './faults.js';
import { Api } from './http/api.js';
import type { Exchange } from './http/exchange.js';
import { Limiter } from './http/limiter.js';
import { HttpServer } from './http/server.js';
import { LegacyFlow } from './oauth/legacy.js';
import { ModernFlow } from './oauth/modern.js';
import { servePage } from './page/serve.js';
import { Make } from './make.js';
import type { Clock } from './clock.js';
import type { ProfileName } from './profile.js';
import type { SettingValue, State } from './state/model.js';
import { answerHook } from './webhooks/incoming.js';
import { OutgoingWebhooks } from './webhooks/outgoing.js';

export interface DoubleOptions {
  profile?: ProfileName;
  /** Another version within the profile, such as `8.9.2`. */
  version?: string;
  /** A free one by default. */
  port?: number;
  host?: string;
  /** `ROOT_URL`: how the server believes to be reached; where it listens by default. */
  rootUrl?: string;
  /** The first admin; without one the server starts without an admin. */
  admin?: { username: string; password: string; email?: string; name?: string };
  /**
   * How old the admin's account is, in ms; a day by default. Accounts younger than 30 minutes are excused from the
   * second factor: say 0 for a server that has just been set up.
   */
  adminAge?: number;
  /** Registered with the maker's cloud (the default). One that is not shows its wizard to the admin until a restart. */
  registered?: boolean;
  /** Carries the licence module for custom OAuth (9.0). */
  licensed?: boolean;
  /** Counts calls (the default). Admins, bots and apps are never counted. */
  limiter?: boolean;
  /** The environment of the process, as in a compose file. */
  env?: Record<string, string>;
}

/** A Rocket.Chat server that is none. */
export interface RocketChatDouble {
  /** Where it listens, without trailing slash. */
  readonly url: string;
  /** How it believes to be reached: `rootUrl` of the options, or the same as `url`. */
  readonly rootUrl: string;
  /** The database: may be read and changed, see {@link State}. */
  readonly state: State;
  /** Every request since the start or since `calls.length = 0`. */
  readonly calls: Call[];
  /** Successful calls of endpoints that write, in their order. */
  readonly writes: Call[];
  readonly faults: Faults;
  readonly clock: Clock;
  /** Makes users, rooms and messages the short way. */
  readonly make: Make;
  /** Ids of the accounts with an open WebSocket, one per socket. */
  readonly connected: (string | undefined)[];
  /** The value of a setting as the server uses it. */
  setting(id: string): SettingValue | undefined;
  /** Changes a setting as an admin would, at once and without a request. */
  set(id: string, value: SettingValue): void;
  /** Sign-in services follow their settings now instead of after two seconds. */
  settle(): void;
  /** Resolves when every outgoing webhook has been answered. */
  webhooksIdle(): Promise<void>;
  /** Connections are refused until `start`; the database stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Starts the program anew: sockets are cut, the settings read, the environment looked at. */
  restart(change?: { version?: string; env?: Record<string, string> }): void;
  close(): Promise<void>;
}

/** Starts a double; it is listening when the promise resolves. */
export async function startRocketChatDouble(options: DoubleOptions = {}): Promise<RocketChatDouble> {
  const core = new Core(coreOptions(options));
  const limiter = new Limiter(core);
  const api = new Api(core, limiter, API_ROUTES);
  const legacy = new LegacyFlow(core);
  const modern = new ModernFlow(core, limiter);
  const sockets = new Sockets(core, legacy);
  const webhooks = new OutgoingWebhooks(core);
  const handlers = [
    answerHealth,
    async (exchange: Exchange) => {
      const isApi = exchange.url.pathname.startsWith('/api/v1/');
      if (isApi) await api.answer(exchange);
      return isApi;
    },
    (exchange: Exchange) => answerHook(exchange, limiter),
    (exchange: Exchange) => oauthPages(exchange, legacy, modern),
    servePage,
  ];
  const server = new HttpServer(core, handlers, (...args) => sockets.upgrade(...args), options.port, options.host);
  const port = await server.start();
  core.origin = `http://${options.host ?? '127.0.0.1'}:${port}`;
  boot(core, true);
  if (options.limiter === false) core.settings.write('API_Enable_Rate_Limiter', false);
  const siteUrl = core.state.settings.get('Site_Url');
  if (siteUrl?.value === siteUrl?.packageValue) core.settings.write('Site_Url', core.rootUrl);
  core.calls.length = 0;

  return {
    url: core.origin,
    get rootUrl() {
      return core.rootUrl;
    },
    state: core.state,
    calls: core.calls,
    get writes() {
      return core.calls.filter(({ wrote }) => wrote);
    },
    faults: core.faults,
    clock: core.clock,
    make: new Make(core),
    get connected() {
      return sockets.users;
    },
    setting: (id) => core.settings.get(id),
    set: (id, value) => core.settings.write(id, value),
    settle: () => core.settings.refreshServices(),
    webhooksIdle: () => webhooks.idle(),
    stop: () => server.stop(),
    start: async () => void (await server.start()),
    restart: ({ version, env } = {}) => {
      const newVersion = version !== undefined && version !== core.profile.version;
      if (version) core.profile.version = version;
      Object.assign(core.env, env);
      core.events.emit('restart');
      limiter.clear();
      boot(core, newVersion);
    },
    close: async () => {
      core.clock.stop();
      sockets.close();
      await server.stop();
    },
  };
}

function coreOptions({ profile = '8.9', rootUrl, admin, env, ...rest }: DoubleOptions): CoreOptions {
  return {
    profile,
    ...rest,
    env: {
      ...(rootUrl ? { ROOT_URL: rootUrl } : {}),
      ...(admin
        ? {
            ADMIN_USERNAME: admin.username,
            ADMIN_PASS: admin.password,
            ADMIN_EMAIL: admin.email ?? `${admin.username}@example.org`,
            ADMIN_EMAIL_VERIFIED: 'true',
            ADMIN_NAME: admin.name ?? admin.username,
          }
        : {}),
      ...env,
    },
  };
}

/** `/oauth/<service>` and the callback that both flows share. */
async function oauthPages(exchange: Exchange, legacy: LegacyFlow, modern: ModernFlow): Promise<boolean> {
  const [, kind, key] = /^\/(_?oauth)\/([a-z0-9_]+)$/.exec(exchange.url.pathname) ?? [];
  if (!key || exchange.call.method !== 'GET') return false;
  const service = modern.serviceOf(key);
  if (kind === 'oauth') {
    if (service) await modern.begin(exchange, service);
    return service !== undefined;
  }
  if (service) await modern.callback(exchange, service);
  else await legacy.callback(exchange, key);
  return true;
}
