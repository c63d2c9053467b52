import type { Core } from '../core.js';
import { activeAdmins } from '../domain/permissions.js';
import { checkSecondFactor } from '../domain/second-factor.js';
import { open, type SignedIn } from '../domain/sign-in.js';
import { insertUser, userByEmail, userByName } from '../domain/users.js';
import { RcError, refusal } from '../http/errors.js';
import type { OAuthService, User } from '../state/model.js';
import type { Identity } from './identity.js';

/** A refusal of the accounts system: its texts end with its own code. */
function denied(text: string): RcError {
  return new RcError(400, { success: false, error: `${text} [403]`, errorType: '403', reason: text });
}

/**
 * Who comes in with this identity: an account that has it, one that is merged with it, or a new one.
 *
 * @param code of the second factor, when one was asked for
 * @throws RcError `CustomOAuth` for an account that must not be merged, `403` for a name or address that is taken
 */
export function signInByIdentity(core: Core, service: OAuthService, identity: Identity, code?: string): SignedIn {
  merge(core, service, identity);
  const user = byServiceId(core, service, identity) ?? create(core, service, identity);
  user.services[service.service] = { ...identity.data, ...told(identity) };
  if (!user.active) throw refusal('error-user-is-not-activated', 'User is not activated');
  checkSecondFactor(core, { user, code, client: service.service, path: '_oauth', login: true });
  return open(core, user);
}

/**
 * Looks for an account by user name or e-mail address. Without "distinct services" it must also carry the id of this
 * service, so that accounts made otherwise are never found.
 */
function merge(core: Core, service: OAuthService, identity: Identity): void {
  if (!identity.username) return;
  const byEmail = service.keyField === 'email';
  const found = byEmail ? identity.email && userByEmail(core, identity.email) : userByName(core, identity.username);
  if (!found) return;
  const known = serviceId(found, service) === identity.id;
  if (!service.mergeUsersDistinctServices && !known) return;
  const sameMail = byEmail || !identity.email || found.emails.some(({ address }) => address === identity.email);
  if (known && found.name === identity.name && sameMail) return;
  if (!service.mergeUsers) {
    throw new RcError(400, {
      success: false,
      error: `User with username ${found.username ?? ''} already exists [CustomOAuth]`,
      errorType: 'CustomOAuth',
    });
  }
  found.services[service.service] = { ...identity.data, ...told(identity) };
  found.name = identity.name ?? '';
  if (!byEmail && identity.email) found.emails = [{ address: identity.email, verified: true }];
  found._updatedAt = core.clock.date();
  core.touch();
}

function create(core: Core, service: OAuthService, identity: Identity): User {
  const { settings } = core;
  if (!settings.bool('Accounts_Registration_AuthenticationServices_Enabled')) {
    throw refusal(
      'registration-disabled-authentication-services',
      'Registration is disabled for authentication services',
    );
  }
  const domains = settings.list('Accounts_AllowedDomainsList');
  if (domains.length > 0 && !domains.some((domain) => identity.email?.endsWith(`@${domain}`))) {
    throw refusal('error-invalid-domain', 'The email domain is not allowed');
  }
  if (identity.username && userByName(core, identity.username)) throw denied('Username already exists.');
  if (identity.email && userByEmail(core, identity.email)) throw denied('Email already exists.');
  // Whoever comes first to a server without an admin becomes one.
  const roles = settings.list('Accounts_Registration_AuthenticationServices_Default_Roles');
  return insertUser(core, {
    username: identity.username,
    name: identity.name,
    email: identity.email,
    verified: settings.bool('Accounts_Verify_Email_For_External_Accounts'),
    active: !settings.bool('Accounts_ManuallyApproveNewUsers'),
    roles: activeAdmins(core).length === 0 ? [...roles, 'admin'] : roles,
    services: { [service.service]: { ...identity.data, ...told(identity) } },
    optIn: true,
  });
}

function byServiceId({ state }: Core, service: OAuthService, { id }: Identity): User | undefined {
  return [...state.users.values()].find((user) => serviceId(user, service) === id);
}

function serviceId(user: User, { service }: OAuthService): string | undefined {
  return (user.services[service] as { id?: string } | undefined)?.id;
}

function told({ data: _data, ...rest }: Identity): Record<string, unknown> {
  return rest;
}
