import type { Core } from '../core.js';
import type { LoginToken, User } from '../state/model.js';
import { forbidden, notLoggedIn } from './errors.js';
import type { Input } from './input.js';
import { hasPermission } from '../domain/permissions.js';

/** One request for an endpoint under `/api/v1/`. */
export interface Context {
  core: Core;
  /** Who asks; only endpoints with `auth: 'optional'` may find nobody. */
  user: User | undefined;
  token: LoginToken | undefined;
  params: Record<string, string>;
  query: Input;
  body: Input;
  ip: string;
  userAgent: string;
  headers: Record<string, string | undefined>;
}

/** What an endpoint says about itself. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT';
  /** Below `/api/v1/`; a part that starts with `:` is a parameter. */
  path: string;
  /** `required` by default: 401 without a session. */
  auth?: 'required' | 'optional';
  /** All of them, checked before the endpoint runs. */
  permissions?: readonly string[];
  /** The second factor is asked for; `strict` remembers no earlier one. */
  twoFactor?: 'normal' | 'strict';
  /** Calls per minute when it is not the default; `false`: not counted. */
  limit?: number | false;
  /** `POST` and `PUT` count as writing unless this says otherwise. */
  writes?: boolean;
  /** An endpoint that not every release has. */
  available?: (core: Core) => boolean;
  /** The answer without `success`. */
  handle(context: Context): unknown;
}

/** An answer that is given as it is, without `success: true`. */
export class Raw {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {}
}

/** Who asks. @throws RcError 401 */
export function caller(context: Context): User {
  if (!context.user) throw notLoggedIn();
  return context.user;
}

/** Checked inside an endpoint. @throws RcError 403 */
export function demand(context: Context, permission: string, roomId?: string): void {
  if (!hasPermission(context.core, caller(context), permission, roomId)) {
    throw forbidden(context.core.profile.terseErrors, false);
  }
}
