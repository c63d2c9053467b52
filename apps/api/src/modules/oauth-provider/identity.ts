import type { OAuthScope } from '@besedka/contracts';
import type { ChatIdentity } from './chat-identities.js';

/** What applications may learn of a person. */
export interface Identity {
  readonly userId: string;
  readonly username: string;
  readonly fullName: string;
  readonly email: string | null;
  readonly locale: string;
  /** Absolute address, or null. */
  readonly picture: string | null;
  /** Role names out of the mapping, `user` included. */
  readonly roleNames: readonly string[];
  /** Groups that open channels. */
  readonly groups: readonly string[];
  readonly updatedAt: Date;
}

/**
 * Claims of userinfo and id token (OpenID Connect Core 5.1, 5.4): only what the scopes open. `read` opens all of them.
 * An address is told as not verified: nobody here has proved that it is theirs.
 */
export function claimsFor(identity: Identity, scopes: readonly OAuthScope[]): Record<string, unknown> {
  const has = (scope: OAuthScope): boolean => scopes.includes(scope) || scopes.includes('read');
  return {
    ...(has('profile') && {
      name: identity.fullName,
      preferred_username: identity.username,
      locale: identity.locale,
      updated_at: Math.floor(identity.updatedAt.getTime() / 1000),
      ...(identity.picture !== null && { picture: identity.picture }),
    }),
    ...(has('email') && identity.email !== null && { email: identity.email, email_verified: false }),
    ...(has('roles') && { roles: identity.roleNames, groups: identity.groups }),
  };
}

/** Whether these scopes together open everything that the identity of a chat server tells. */
export function opensWholeIdentity(scopes: readonly OAuthScope[]): boolean {
  return scopes.includes('read') || (['profile', 'email', 'roles'] as const).every((scope) => scopes.includes(scope));
}

/**
 * The answer that Rocket.Chat reads (F08): `id` a stable text equal to `sub`, both names of the person, `roles` always a list, and
 * `emails` as its modern flow wants it. Every member is there, so that a field that is configured there is never missing.
 * @param there how Rocket.Chat knows the person, when it is one that the portal keeps in step
 */
export function rocketIdentity(identity: Identity, there: ChatIdentity | null = null): Record<string, unknown> {
  const email = there?.tellsEmail === false ? null : identity.email;
  return {
    id: identity.userId,
    sub: identity.userId,
    username: there?.username ?? identity.username,
    email,
    name: identity.fullName,
    full_name: identity.fullName,
    avatar_url: identity.picture,
    roles: identity.roleNames,
    groups: identity.groups,
    emails: email === null ? [] : [{ value: email, address: email, verified: false }],
  };
}
