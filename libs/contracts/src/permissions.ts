/**
 * Permissions: a typed table, resource × operation. The API's guards, the seeds and the web app's
 * `can()` all read this one list; start-up reports names stored in the database that no longer exist.
 */
export const PERMISSIONS = {
  'users:read':
    'See users with e-mail addresses, roles and status: everybody for those who manage all, else those within reach',
  'users:create': 'Create and invite users',
  'users:update': 'Edit users within one’s reach, their roles included',
  'users:disable': 'Disable and enable users within one’s reach',
  'users:delete': 'Delete users within one’s reach',
  'users:sessions': 'See and end other people’s sessions within one’s reach, lift a sign-in delay',
  'roles:read': 'See roles and what they allow',
  'roles:manage': 'Create, change and delete roles below one’s own level',
  'owner:handover': 'Hand the owner role over',
  'oauth:manage': 'Register applications that sign people in, and say which role names they get',
  'audit:read': 'Read the audit log',
  'rocketchat:manage': 'Connect Rocket.Chat: see its state, set it up, back it up, repair it',
  'chats:create': 'Start direct and group chats',
  'chats:moderate': 'Delete other people’s messages, rename and delete group chats',
} as const;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** Groups that channels are opened to and that Rocket.Chat knows roles by. */
export const GROUPS = ['user', 'admin', 'vip'] as const;
export type Group = (typeof GROUPS)[number];

export interface BuiltInRole {
  readonly key: string;
  /** Rank; nobody raises anyone to or above their own level. */
  readonly level: number;
  readonly groups: readonly Group[];
  readonly permissions: readonly Permission[];
  /** Role keys whose holders this role may manage; `*` means everybody below its own level. */
  readonly manages: readonly string[];
}

const TALK: readonly Permission[] = ['chats:create'];

/** The five roles of the product. More can be made; these cannot be deleted. */
export const BUILT_IN_ROLES: readonly BuiltInRole[] = [
  {
    key: 'owner',
    level: 100,
    groups: ['user', 'admin', 'vip'],
    permissions: PERMISSION_NAMES,
    manages: ['*'],
  },
  {
    key: 'moderator',
    level: 80,
    groups: ['user', 'admin'],
    permissions: [
      ...TALK,
      'users:read',
      'users:create',
      'users:update',
      'users:disable',
      'users:delete',
      'users:sessions',
      'roles:read',
      'audit:read',
      'chats:moderate',
    ],
    manages: ['*'],
  },
  {
    key: 'store_owner',
    level: 60,
    groups: ['user'],
    permissions: [
      ...TALK,
      'users:read',
      'users:create',
      'users:update',
      'users:disable',
      'users:sessions',
      'roles:read',
    ],
    manages: ['store_admin'],
  },
  {
    key: 'store_admin',
    level: 40,
    groups: ['user'],
    permissions: TALK,
    manages: [],
  },
  { key: 'user', level: 20, groups: ['user'], permissions: TALK, manages: [] },
];

/** The role of which exactly one holder exists. */
export const OWNER_ROLE = 'owner';
/** The role that everybody gets who is given no other. */
export const DEFAULT_ROLE = 'user';

export interface BuiltInChannel {
  readonly key: string;
  readonly title: string;
  readonly icon: string;
  /** The group that opens it; everybody signed in has `user`. */
  readonly group: Group;
}

/** The three channels. `admin` is never a channel name: it is reserved in Rocket.Chat (F14). */
export const BUILT_IN_CHANNELS: readonly BuiltInChannel[] = [
  { key: 'general', title: 'Общий чат', icon: '👥', group: 'user' },
  { key: 'vip', title: 'VIP Беседка', icon: '👑', group: 'vip' },
  { key: 'moderators', title: 'Модераторы', icon: '🛡️', group: 'admin' },
];
