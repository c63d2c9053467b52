import { endToken, issueToken } from '../domain/tokens.js';
import { existingUser } from '../domain/users.js';
import { refusal } from '../http/errors.js';
import { optionalFlag, optionalText, requiredText } from '../http/input.js';
import { caller, type Context, type Route } from '../http/route.js';
import type { LoginToken, User } from '../state/model.js';

function createToken({ core, body }: Context): unknown {
  const user = existingUser(core, requiredText(body, 'userId'));
  if (core.profile.tokenSecret) {
    const secret = optionalText(body, 'secret');
    const own = core.env['CREATE_TOKENS_FOR_USERS_SECRET'];
    if (!own || secret !== own || core.faults.hit('wrong-token-secret'))
      throw refusal('error-not-authorized', 'Not authorized');
  } else if (core.env['CREATE_TOKENS_FOR_USERS'] !== 'true') {
    throw refusal('error-not-authorized', 'Not authorized');
  }
  return { data: { userId: user._id, authToken: issueToken(core, user) } };
}

function named(user: User, name: string): LoginToken | undefined {
  return user.services.resume.loginTokens.find((one) => one.type === 'personalAccessToken' && one.name === name);
}

function generate(context: Context): unknown {
  const { core, body } = context;
  const user = caller(context);
  const name = requiredText(body, 'tokenName');
  if (named(user, name)) throw refusal('error-token-already-exists', 'A token with this name already exists');
  return { token: make(context, user, name, optionalFlag(body, 'bypassTwoFactor') ?? false, core.clock.date()) };
}

function make({ core }: Context, user: User, name: string, bypassTwoFactor: boolean, when: Date): string {
  core.touch();
  return issueToken(core, user, { type: 'personalAccessToken', name, bypassTwoFactor, when });
}

function regenerate(context: Context): unknown {
  const user = caller(context);
  const name = requiredText(context.body, 'tokenName');
  const old = existing(user, name);
  endToken(context.core, user, old);
  return { token: make(context, user, name, old.bypassTwoFactor ?? false, context.core.clock.date()) };
}

function remove(context: Context): unknown {
  const user = caller(context);
  endToken(context.core, user, existing(user, requiredText(context.body, 'tokenName')));
  context.core.touch();
  return {};
}

function existing(user: User, name: string): LoginToken {
  const token = named(user, name);
  if (!token) throw refusal('error-token-does-not-exists', 'Token does not exist');
  return token;
}

function list(context: Context): unknown {
  const tokens = caller(context).services.resume.loginTokens.filter(({ type }) => type === 'personalAccessToken');
  return {
    tokens: tokens.map(({ name, when, hashedToken, bypassTwoFactor }) => ({
      name,
      createdAt: when,
      lastTokenPart: hashedToken.slice(-6),
      bypassTwoFactor: bypassTwoFactor ?? false,
    })),
  };
}

const own = { permissions: ['create-personal-access-tokens'], twoFactor: 'strict' } as const;

export const userTokenRoutes: readonly Route[] = [
  { method: 'POST', path: 'users.createToken', permissions: ['user-generate-access-token'], handle: createToken },
  { method: 'POST', path: 'users.generatePersonalAccessToken', ...own, handle: generate },
  { method: 'POST', path: 'users.regeneratePersonalAccessToken', ...own, handle: regenerate },
  { method: 'POST', path: 'users.removePersonalAccessToken', ...own, handle: remove },
  {
    method: 'GET',
    path: 'users.getPersonalAccessTokens',
    permissions: ['create-personal-access-tokens'],
    handle: list,
  },
];
