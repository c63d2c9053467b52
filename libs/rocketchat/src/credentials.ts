import { createHash } from 'node:crypto';

/** Who the client is. */
export type RocketChatCredentials =
  /** Signs in, and again when the token ends. The password also answers the second factor (password fallback). */
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /**
   * A personal access token, or the token of a session that somebody else has made. Never renewed. `password` answers the second factor
   * where the bypass of personal tokens does not work (8.5 until #41065).
   */
  | { readonly kind: 'token'; readonly userId: string; readonly token: string; readonly password?: string };

/** What stands for a signed-in user on every call. */
export interface AuthTokens {
  readonly userId: string;
  readonly authToken: string;
}

/** The headers of a signed-in call. */
export function authHeaders({ userId, authToken }: AuthTokens): Record<string, string> {
  return { 'X-Auth-Token': authToken, 'X-User-Id': userId };
}

/**
 * The headers that answer the second factor with the password: lower-case hex SHA-256 of it. Servers that do not ask ignore them.
 * Works for accounts without TOTP and e-mail code (`Accounts_TwoFactorAuthentication_Enforce_Password_Fallback`).
 */
export function secondFactorHeaders(credentials: RocketChatCredentials | undefined): Record<string, string> {
  if (credentials?.password === undefined) return {};
  const code = createHash('sha256').update(credentials.password, 'utf8').digest('hex');
  return { 'x-2fa-code': code, 'x-2fa-method': 'password' };
}
