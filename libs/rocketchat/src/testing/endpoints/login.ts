import type { Core } from '../core.js';
import { signIn, type SignedIn } from '../domain/sign-in.js';
import { endToken } from '../domain/tokens.js';
import { me } from '../domain/user-shapes.js';
import { redeemLoginCode } from '../oauth/login-codes.js';
import { signInByAccessToken } from '../oauth/access-token-login.js';
import { RcError } from '../http/errors.js';
import { requiredText } from '../http/input.js';
import { caller, Raw, type Context, type Route } from '../http/route.js';

async function login(context: Context): Promise<Raw> {
  const { core, body, ip, userAgent } = context;
  try {
    const service = typeof body['serviceName'] === 'string' ? body['serviceName'] : undefined;
    const visitor = { ip, userAgent };
    const result = service ? await signInByAccessToken(core, service, body) : signIn(core, body, visitor);
    return new Raw(200, success(core, result));
  } catch (error) {
    if (!(error instanceof RcError)) throw error;
    return new Raw(401, refused(core, error));
  }
}

function success(core: Core, { user, token }: SignedIn): unknown {
  return {
    ...(core.profile.loginSaysSuccess ? { success: true } : {}),
    status: 'success',
    data: { userId: user._id, authToken: token, me: me(core, user) },
  };
}

/** A refused sign-in has a shape of its own: `error` is the code, `message` the text. */
function refused(core: Core, error: RcError): unknown {
  if (core.profile.terseErrors && error.code !== 'totp-required' && error.code !== 'totp-invalid') {
    return { success: false, error: 'unauthorized' };
  }
  const { details } = error.body;
  return {
    ...(core.profile.loginSaysSuccess ? { success: false } : {}),
    status: 'error',
    error: error.code || error.body['error'],
    message: error.code ? error.body['error'] : error.body['message'],
    ...(details === undefined ? {} : { details }),
  };
}

function logout(context: Context): Raw {
  const { core, token } = context;
  const user = caller(context);
  if (token) endToken(core, user, token);
  return new Raw(200, { status: 'success', data: { message: "You've been logged out!" } });
}

export const loginRoutes: readonly Route[] = [
  { method: 'POST', path: 'login', auth: 'optional', writes: false, handle: login },
  { method: 'POST', path: 'logout', writes: false, handle: logout },
  { method: 'GET', path: 'logout', handle: logout },
  { method: 'GET', path: 'me', handle: (context) => me(context.core, caller(context)) },
  {
    method: 'POST',
    path: 'loginCode.redeem',
    auth: 'optional',
    writes: false,
    limit: 10,
    available: ({ profile }) => profile.modernFlow,
    handle: ({ core, body }) => redeemLoginCode(core, requiredText(body, 'code')),
  },
];
