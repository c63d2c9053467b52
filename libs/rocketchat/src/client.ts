import { AuthApi } from './api/auth.js';
import { ChannelsApi } from './api/channels.js';
import { ChatApi } from './api/chat.js';
import { GroupsApi } from './api/groups.js';
import { ImApi } from './api/im.js';
import { InfoApi } from './api/info.js';
import { IntegrationsApi } from './api/integrations.js';
import { PermissionsApi } from './api/permissions.js';
import { RolesApi } from './api/roles.js';
import { RoomsApi } from './api/rooms.js';
import { SettingsApi } from './api/settings.js';
import { SubscriptionsApi } from './api/subscriptions.js';
import { UsersApi } from './api/users.js';
import type { AuthTokens, RocketChatCredentials } from './credentials.js';
import { Caller } from './http/caller.js';
import { Wire, type WireOptions } from './http/wire.js';
import { Session } from './session.js';

export interface RocketChatClientOptions extends WireOptions {
  /** Without them only what strangers may ask works. */
  readonly credentials?: RocketChatCredentials;
  /**
   * Milliseconds for which a refused sign-in is remembered, so that a wrong password does not lock the account (default 300 000, the
   * length of the server's own lock).
   */
  readonly rememberRefusalMs?: number;
}

/** Where new clients of one server begin: what they share, and how they remember. */
interface Ground {
  readonly wire: Wire;
  readonly rememberRefusalMs: number;
}

/**
 * Talks to one Rocket.Chat server over REST (7.x to 9.x), as one account or as nobody.
 *
 * - Signs in when needed and again when the token has ended; a refused password is not tried again and again.
 * - Answers the second factor with the password.
 * - Waits for the server's rate limits before it is refused; sends again only what may be sent twice.
 * - Every failure is a `RocketChatError`; every call takes a `signal`.
 */
export class RocketChatClient {
  readonly auth: AuthApi;
  readonly info: InfoApi;
  readonly settings: SettingsApi;
  readonly users: UsersApi;
  readonly roles: RolesApi;
  readonly permissions: PermissionsApi;
  readonly channels: ChannelsApi;
  readonly groups: GroupsApi;
  readonly rooms: RoomsApi;
  readonly im: ImApi;
  readonly subscriptions: SubscriptionsApi;
  readonly integrations: IntegrationsApi;
  readonly chat: ChatApi;
  readonly #ground: Ground;
  readonly #session: Session;

  /** @throws TypeError when the address is none */
  constructor(options: RocketChatClientOptions, ground?: Ground) {
    this.#ground = ground ?? { wire: new Wire(options), rememberRefusalMs: options.rememberRefusalMs ?? 300_000 };
    const { wire, rememberRefusalMs } = this.#ground;
    // The sign-in itself goes out without a session, under the same limits.
    const strangers = new AuthApi(new Caller(wire, new Session(undefined, neverLogin, wire.clock, 0)));
    this.#session = new Session(
      options.credentials,
      ({ user, password }) => strangers.login({ user, password }),
      wire.clock,
      rememberRefusalMs,
    );
    const caller = new Caller(wire, this.#session);
    this.auth = new AuthApi(caller);
    this.info = new InfoApi(caller);
    this.settings = new SettingsApi(caller);
    this.users = new UsersApi(caller);
    this.roles = new RolesApi(caller);
    this.permissions = new PermissionsApi(caller);
    this.channels = new ChannelsApi(caller);
    this.groups = new GroupsApi(caller);
    this.rooms = new RoomsApi(caller);
    this.im = new ImApi(caller);
    this.subscriptions = new SubscriptionsApi(caller);
    this.integrations = new IntegrationsApi(caller);
    this.chat = new ChatApi(caller);
  }

  /** Address of the server, without a slash at its end. */
  get baseUrl(): string {
    return this.#ground.wire.base;
  }

  /** Takes other credentials from now on; forgets the token and a remembered refusal. */
  setCredentials(credentials: RocketChatCredentials | undefined): void {
    this.#session.change(credentials);
  }

  /**
   * A client for somebody else at the same server; both keep to the same limits and slots, and are closed together.
   *
   * @param credentials or the tokens of a session, as `users.createToken` and `auth.login` give them
   */
  as(credentials: RocketChatCredentials | AuthTokens): RocketChatClient {
    const theirs: RocketChatCredentials =
      'authToken' in credentials
        ? { kind: 'token', userId: credentials.userId, token: credentials.authToken }
        : credentials;
    return new RocketChatClient({ baseUrl: this.baseUrl, credentials: theirs }, this.#ground);
  }

  /**
   * The account and token in use, for sockets; signs in when there is none.
   *
   * @throws {RocketChatError} as every call
   */
  tokens(signal?: AbortSignal): Promise<AuthTokens> {
    return this.#session.use('POST login', signal);
  }

  /** Ends everything under way, and everything that comes later, with an `AbortError`. */
  close(): void {
    this.#ground.wire.close();
  }
}

function neverLogin(): Promise<AuthTokens> {
  return Promise.reject(new Error('nobody signs in here'));
}
