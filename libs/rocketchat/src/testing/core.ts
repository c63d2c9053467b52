import { EventEmitter } from 'node:events';
import { Clock } from './clock.js';
import { LockOut } from './domain/lock-out.js';
import { Faults } from './faults.js';
import { PROFILES, type Profile, type ProfileName } from './profile.js';
import { emptyState, type State } from './state/model.js';
import { SettingsCache } from './settings-cache.js';

/** One request that the double answered, or refused to answer. */
export interface Call {
  /** When it came, in ms of the double's clock. */
  at: number;
  method: string;
  /** Path without the query. */
  path: string;
  query: Record<string, string>;
  /** The parsed JSON or form of the request. Passwords and tokens are in it: for the eyes of a test only. */
  body: unknown;
  /** 0 when the connection was cut instead of answered. */
  status: number;
  /** A successful call of an endpoint that writes, whether or not anything differs afterwards; signing in does not count. */
  wrote: boolean;
  /** The workspace differs from before: settings, users, rooms, memberships, messages, roles, permissions, integrations. */
  changed: boolean;
  userId?: string;
}

/** What goes on inside, for the sockets and the webhooks. */
export interface CoreEvents {
  /** A stream of `stream-notify-user`: `subscriptions-changed`, `rooms-changed`, `notification`, `message`. */
  notifyUser: [userId: string, event: string, args: unknown[]];
  /** A new or changed message of a room. */
  roomMessage: [roomId: string, message: unknown];
  /** All sessions of a user ended, or the one with this hashed token. */
  signedOut: [userId: string, hashedToken?: string];
  /** Something that an outgoing webhook may be waiting for. */
  integration: [event: string, data: IntegrationData];
  restart: [];
}
export interface IntegrationData {
  roomId?: string;
  userId: string;
  messageId?: string;
  owner?: boolean;
}

export interface CoreOptions {
  profile: ProfileName;
  version?: string;
  env?: Record<string, string>;
  licensed?: boolean;
  registered?: boolean;
  adminAge?: number;
}

/** What every part of the double works with: one Rocket.Chat server without its sockets. */
export class Core {
  readonly state: State = emptyState();
  readonly clock = new Clock();
  readonly faults = new Faults();
  readonly events = new EventEmitter<CoreEvents>();
  readonly calls: Call[] = [];
  readonly lockOut = new LockOut(this);
  readonly profile: Profile;
  readonly settings: SettingsCache;
  readonly env: Record<string, string>;
  /** Carries the module `oauth-enterprise`. */
  readonly licensed: boolean;
  /** Known to the cloud of the maker; an unregistered workspace gets its wizard back. */
  readonly registered: boolean;
  /** How old the account of the first admin is, in ms: new accounts are excused from the second factor. */
  readonly adminAge: number;
  /** Grows with every change of the workspace's data; signing in and out does not count. */
  revision = 0;
  /** Set when the server listens. */
  origin = '';

  constructor(options: CoreOptions) {
    const profile = PROFILES[options.profile];
    this.profile = { ...profile, version: options.version ?? profile.version };
    this.env = { ...options.env };
    this.licensed = options.licensed ?? false;
    this.registered = options.registered ?? true;
    this.adminAge = options.adminAge ?? 86_400_000;
    this.settings = new SettingsCache(this);
    // Sockets of many clients listen.
    this.events.setMaxListeners(0);
  }

  /** Where the server believes to be reached: `ROOT_URL`, without trailing slash. */
  get rootUrl(): string {
    return (this.env['ROOT_URL'] || this.origin).replace(/\/+$/, '');
  }

  get siteUrl(): string {
    return (this.settings.text('Site_Url') || this.rootUrl).replace(/\/+$/, '');
  }

  /** Notes a change of the workspace's data. */
  touch(): void {
    this.revision += 1;
  }

  /** The time as the server tells it: a clock that is wrong is one of the faults. */
  toldNow(): Date {
    return new Date(this.clock.now() + (this.faults.find('clock-skew')?.ms ?? 0));
  }
}
