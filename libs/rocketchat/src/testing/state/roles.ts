import type { Role, State } from './model.js';

/** The roles that a Community server has; others need a licence. */
const BUILT_IN: readonly [id: string, scope: Role['scope'], description: string][] = [
  ['admin', 'Users', 'Admin'],
  ['moderator', 'Subscriptions', 'Moderator'],
  ['leader', 'Subscriptions', 'Leader'],
  ['owner', 'Subscriptions', 'Owner'],
  ['user', 'Users', ''],
  ['bot', 'Users', ''],
  ['app', 'Users', ''],
  ['guest', 'Users', ''],
  ['anonymous', 'Users', ''],
  ['livechat-agent', 'Users', 'Livechat Agent'],
  ['livechat-manager', 'Users', 'Livechat Manager'],
];

/** Who may do what on a fresh server: only the permissions that the double checks or that a bridge changes. */
const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  'access-permissions': ['admin'],
  'add-oauth-service': ['admin'],
  'add-user-to-any-c-room': ['admin'],
  // Held by nobody: whoever wants to invite into a private group must be in it.
  'add-user-to-any-p-room': [],
  'add-user-to-joined-room': ['admin', 'owner', 'moderator'],
  'api-bypass-rate-limit': ['admin', 'bot', 'app'],
  'archive-room': ['admin', 'owner'],
  'assign-admin-role': ['admin'],
  'assign-roles': ['admin'],
  'create-c': ['admin', 'user', 'bot', 'app'],
  'create-d': ['admin', 'user', 'bot', 'app'],
  'create-p': ['admin', 'user', 'bot', 'app'],
  'create-personal-access-tokens': ['admin', 'user'],
  'create-user': ['admin', 'app'],
  'delete-c': ['admin', 'owner'],
  'delete-p': ['admin', 'owner'],
  'delete-user': ['admin'],
  'edit-other-user-active-status': ['admin'],
  'edit-other-user-avatar': ['admin'],
  'edit-other-user-info': ['admin'],
  'edit-other-user-password': ['admin'],
  'edit-privileged-setting': ['admin'],
  'edit-room': ['admin', 'owner', 'moderator'],
  'join-without-join-code': ['admin', 'bot', 'app'],
  'leave-c': ['admin', 'user', 'bot', 'anonymous', 'app'],
  'leave-p': ['admin', 'user', 'bot', 'anonymous', 'app'],
  'logout-other-user': ['admin'],
  'manage-incoming-integrations': ['admin'],
  'manage-outgoing-integrations': ['admin'],
  'preview-c-room': ['admin', 'user', 'anonymous'],
  'post-readonly': ['admin', 'owner', 'moderator'],
  'remove-user': ['admin', 'owner', 'moderator'],
  'set-leader': ['admin', 'owner'],
  'set-moderator': ['admin', 'owner'],
  'set-owner': ['admin', 'owner'],
  'set-readonly': ['admin', 'owner'],
  'user-generate-access-token': ['admin'],
  'view-c-room': ['admin', 'user', 'bot', 'app', 'anonymous'],
  'view-d-room': ['admin', 'user', 'bot', 'app', 'guest'],
  'view-full-other-user-info': ['admin'],
  'view-other-user-channels': ['admin'],
  'view-outside-room': ['admin', 'user', 'bot', 'app'],
  'view-p-room': ['admin', 'user', 'anonymous', 'guest'],
  'view-privileged-setting': ['admin'],
  'view-room-administration': ['admin'],
  'view-statistics': ['admin'],
};

/** Puts the built-in roles and permissions into an empty database. */
export function seedRoles(state: State): void {
  for (const [_id, scope, description] of BUILT_IN) {
    state.roles.set(_id, { _id, name: _id, scope, protected: true, description });
  }
  for (const [permission, roles] of Object.entries(PERMISSIONS)) state.permissions.set(permission, [...roles]);
}
