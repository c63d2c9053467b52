import type { Core } from '../core.js';
import type { User } from '../state/model.js';

/** What a user is told about themself, at sign-in and by `/me`. */
export function me(core: Core, user: User): Record<string, unknown> {
  return {
    ...fullUser(core, user),
    statusConnection: user.status,
    settings: { preferences: {} },
    email: user.emails.find(({ verified }) => verified)?.address ?? user.emails[0]?.address,
    avatarUrl: `${core.siteUrl}/avatar/${user.username ?? ''}`,
  };
}

/** What anybody may know about a user. */
export function publicUser(user: User): Record<string, unknown> {
  return {
    _id: user._id,
    type: user.type,
    status: user.status,
    active: user.active,
    name: user.name,
    username: user.username,
    nameInsensitive: user.name?.toLowerCase(),
    ...(user.avatarUrl ? { avatarOrigin: 'url' } : {}),
  };
}

/** What holders of `view-full-other-user-info` see. Sessions and digests stay inside. */
export function fullUser(core: Core, user: User): Record<string, unknown> {
  const services = Object.fromEntries(
    Object.entries(user.services)
      .filter(([key]) => key !== 'resume' && key !== 'iframe')
      .map(([key, value]) => [key, hidden(key, value)]),
  );
  return {
    ...publicUser(user),
    createdAt: user.createdAt,
    _updatedAt: user._updatedAt,
    emails: user.emails,
    roles: user.roles,
    statusText: user.statusText,
    statusDefault: 'online',
    ...(user.lastLogin ? { lastLogin: user.lastLogin } : {}),
    ...(user.customFields ? { customFields: user.customFields } : {}),
    ...(user.requirePasswordChange ? { requirePasswordChange: true } : {}),
    ...(user.importIds ? { importIds: user.importIds } : {}),
    canViewAllInfo: true,
    services,
    utcOffset: core.profile.name === '7.x' ? 0 : undefined,
  };
}

/** Of another service only the id leaves the server, of own ones only that they are there. */
function hidden(key: string, value: unknown): unknown {
  if (key === 'password') return { exists: true };
  if (key === 'totp' || key === 'email2fa') return { enabled: (value as { enabled?: boolean }).enabled === true };
  return { id: (value as { id?: unknown }).id };
}
