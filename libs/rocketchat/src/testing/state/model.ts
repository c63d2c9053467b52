/** A stored value of a setting, with what is known about it. */
export interface Setting {
  _id: string;
  type: 'boolean' | 'string' | 'int' | 'select' | 'code' | 'password';
  value: SettingValue;
  /** What a fresh server has. */
  packageValue: SettingValue;
  public: boolean;
  /** Choices of a `select`. */
  values?: readonly string[];
  group?: string;
  section?: string;
  readonly?: boolean;
  /** Locked by `SETTINGS_BLOCKED`, or pinned by `OVERWRITE_SETTING_…`. */
  blocked?: boolean;
  hidden?: boolean;
  /** Needs a licence: without one it reads as `invalidValue`, whatever is stored. */
  enterprise?: boolean;
  invalidValue?: SettingValue;
}
export type SettingValue = string | number | boolean;

/** A session, or a personal access token. Only the hash is kept, as on the real server. */
export interface LoginToken {
  /** base64 of the SHA-256 of the token. */
  hashedToken: string;
  when: Date;
  type?: 'personalAccessToken';
  name?: string;
  bypassTwoFactor?: boolean;
  /** A second factor was given with this token until then, from this client. */
  twoFactorAuthorizedUntil?: Date;
  twoFactorAuthorizedHash?: string;
}

export interface User {
  _id: string;
  username?: string;
  name?: string;
  emails: { address: string; verified: boolean }[];
  type: 'user' | 'bot';
  active: boolean;
  roles: string[];
  status: 'online' | 'away' | 'busy' | 'offline';
  statusText: string;
  createdAt: Date;
  _updatedAt: Date;
  lastLogin?: Date;
  requirePasswordChange?: boolean;
  customFields?: Record<string, unknown>;
  avatarUrl?: string;
  importIds?: string[];
  services: {
    /** Lower-case hexadecimal SHA-256 of the password. */
    password?: { sha256: string };
    resume: { loginTokens: LoginToken[] };
    /** An authenticator app; `code` is the one that is accepted. */
    totp?: { enabled: boolean; code: string };
    /** Codes by mail; `code` is the one that was mailed last. */
    email2fa?: { enabled: boolean; code?: string };
    iframe?: { token: string };
    /** Accounts at sign-in providers: service key → identity. */
    [service: string]: unknown;
  };
}

export interface UserRef {
  _id: string;
  username: string;
  name?: string;
}

export interface Room {
  _id: string;
  t: 'c' | 'p' | 'd';
  name?: string;
  fname?: string;
  topic?: string;
  description?: string;
  announcement?: string;
  ro: boolean;
  default?: boolean;
  archived?: boolean;
  u: UserRef;
  uids?: string[];
  usernames?: string[];
  usersCount: number;
  msgs: number;
  lm?: Date;
  lastMessage?: Message;
  customFields?: Record<string, unknown>;
  ts: Date;
  _updatedAt: Date;
}

export interface Subscription {
  _id: string;
  rid: string;
  t: Room['t'];
  u: UserRef;
  name: string;
  fname: string;
  open: boolean;
  alert: boolean;
  unread: number;
  userMentions: number;
  groupMentions: number;
  tunread?: string[];
  tunreadUser?: string[];
  tunreadGroup?: string[];
  ls?: Date;
  lr?: Date;
  f?: boolean;
  hideUnreadStatus?: boolean;
  archived?: boolean;
  roles?: string[];
  ts: Date;
  _updatedAt: Date;
}

export interface Message {
  _id: string;
  rid: string;
  msg: string;
  ts: Date;
  u: UserRef;
  /** Kind of a system message, such as `uj` (joined) or `au` (was added). */
  t?: string;
  mentions: { _id: string; username: string }[];
  tmid?: string;
  alias?: string;
  avatar?: string;
  emoji?: string;
  attachments?: unknown[];
  /** Set when an integration wrote it. */
  bot?: { i: string };
  editedAt?: Date;
  _updatedAt: Date;
}

export interface Role {
  _id: string;
  name: string;
  scope: 'Users' | 'Subscriptions';
  protected: boolean;
  description: string;
}

export interface Integration {
  _id: string;
  type: 'webhook-incoming' | 'webhook-outgoing';
  name: string;
  enabled: boolean;
  username: string;
  userId: string;
  channel: string[];
  token: string;
  /** Outgoing: what triggers it. */
  event?: string;
  urls?: string[];
  triggerWords?: string[];
  retryFailedCalls?: boolean;
  retryCount?: number;
  retryDelay?: string;
  overrideDestinationChannelEnabled?: boolean;
  alias?: string;
  avatar?: string;
  emoji?: string;
  scriptEnabled: boolean;
  script?: string;
  _createdAt: Date;
  _updatedAt: Date;
}

/** What a registered sign-in service is: made from the settings `Accounts_OAuth_Custom-<Name>…`. */
export interface OAuthService {
  /** Lower-case key, the last part of the callback address. */
  service: string;
  clientId: string;
  secret: string;
  serverURL: string;
  authorizePath: string;
  tokenPath: string;
  identityPath: string;
  tokenSentVia: string;
  identityTokenSentVia: string;
  accessTokenParam: string;
  scope: string;
  loginStyle: string;
  buttonLabelText: string;
  buttonLabelColor: string;
  buttonColor: string;
  keyField: string;
  usernameField: string;
  emailField: string;
  nameField: string;
  avatarField: string;
  mergeUsers: boolean;
  mergeUsersDistinctServices: boolean;
  showButton: boolean;
}

/**
 * The database of the double. Tests may read and change it; what is changed here is changed behind the server's back:
 * settings are then only used after a restart (except in 7.x), and nobody is told over the sockets.
 */
export interface State {
  settings: Map<string, Setting>;
  users: Map<string, User>;
  rooms: Map<string, Room>;
  /** Key: `<room id>/<user id>`. */
  subscriptions: Map<string, Subscription>;
  messages: Message[];
  roles: Map<string, Role>;
  /** Permission → roles that hold it. */
  permissions: Map<string, string[]>;
  integrations: Map<string, Integration>;
  oauthServices: Map<string, OAuthService>;
  /** Needed for `subscriptions.get?updatedSince`. */
  removed: { subscriptions: Removed[]; rooms: Removed[] };
}
export interface Removed {
  _id: string;
  uid: string;
  _deletedAt: Date;
}

export function emptyState(): State {
  return {
    settings: new Map(),
    users: new Map(),
    rooms: new Map(),
    subscriptions: new Map(),
    messages: [],
    roles: new Map(),
    permissions: new Map(),
    integrations: new Map(),
    oauthServices: new Map(),
    removed: { subscriptions: [], rooms: [] },
  };
}
