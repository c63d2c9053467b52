import { z } from 'zod';
import type { AuthTokens } from '../credentials.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { route } from '../http/route.js';
import { idSchema, nothingSchema } from '../schemas/common.js';
import { userSchema } from '../schemas/user.js';

const login = route({
  method: 'POST',
  path: 'login',
  auth: 'none',
  // Every try with a wrong password counts towards the lock-out.
  safety: 'once',
  request: z.union([
    z.object({ user: z.string().min(1), password: z.string().min(1), code: z.string().optional() }),
    z.object({ resume: z.string().min(1) }),
  ]),
  answer: z.looseObject({
    data: z.looseObject({ userId: idSchema, authToken: z.string().min(1), me: userSchema.nullish() }),
  }),
});

const logout = route({ method: 'POST', path: 'logout', safety: 'once', request: nothingSchema, answer: z.unknown() });

const me = route({ method: 'GET', path: 'me', safety: 'repeat', request: nothingSchema, answer: userSchema });

/** Signing in and out. The client signs in by itself; these are for other accounts, and for asking. */
export class AuthApi {
  constructor(private readonly caller: Caller) {}

  /**
   * Signs in with a password (by user name or e-mail), or goes on with a token (`resume`). Asks the server every time: who calls this with
   * a password that may be wrong counts the tries, ten lock the account for five minutes.
   *
   * @throws {RocketChatError} `unauthorized` (wrong, locked out, not activated), `second-factor`
   */
  async login(credentials: z.input<typeof login.request>, options?: CallOptions): Promise<AuthTokens> {
    const { data } = await this.caller.call(login, credentials, options);
    return { userId: data.userId, authToken: data.authToken };
  }

  /** Ends the session of this client at the server. The next call signs in anew, where there is a password. */
  async logout(options?: CallOptions): Promise<void> {
    await this.caller.call(logout, {}, options);
    this.caller.session.forget();
  }

  /** Who this client is. */
  me(options?: CallOptions) {
    return this.caller.call(me, {}, options);
  }
}
