import { z } from 'zod';
import { EMAIL_MAX, PASSWORD_MAX, PASSWORD_MIN, USERNAME_MAX } from './limits.js';
import { fullName, localeSchema } from './users.js';

/** A new password: length only; common and name-like passwords are refused by the server (`password_too_weak`). */
export const newPassword = z
  .string()
  .min(PASSWORD_MIN, { error: 'too_short' })
  .max(PASSWORD_MAX, { error: 'too_long' });

/** Body of `POST /auth/login`. `login` is a user name or an e-mail address. */
export const loginRequest = z
  .strictObject({
    login: z.string().trim().min(1, { error: 'empty' }).max(Math.max(EMAIL_MAX, USERNAME_MAX)),
    password: z.string().min(1, { error: 'empty' }).max(PASSWORD_MAX),
  })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof loginRequest>;

/**
 * Answer of login and refresh. Browsers get the tokens as httpOnly cookies and ignore the body's; `accessToken` is there for
 * integrators that ask with `?tokens=body`, otherwise both are absent.
 */
export const sessionTokens = z
  .object({
    sessionId: z.uuid(),
    /** Seconds until the access token expires. */
    expiresIn: z.int(),
    accessToken: z.string().optional(),
    refreshToken: z.string().optional(),
  })
  .meta({ id: 'SessionTokens' });
export type SessionTokens = z.infer<typeof sessionTokens>;

/** Query of login and refresh: `tokens=body` gives the tokens in the answer and sets no cookie. */
export const tokensQuery = z.object({
  tokens: z.enum(['cookie', 'body']).default('cookie'),
});

/** Body of `POST /auth/refresh`; browsers send the cookie instead. */
export const refreshRequest = z
  .strictObject({ refreshToken: z.string().max(200).optional() })
  .meta({ id: 'RefreshRequest' });

/** Body of `POST /auth/forgot`; the answer is the same whether the account exists or not. */
export const forgotRequest = z
  .strictObject({
    login: z.string().trim().min(1, { error: 'empty' }).max(EMAIL_MAX),
  })
  .meta({ id: 'ForgotRequest' });

const linkToken = z.string().min(20).max(200);

/** Body of `POST /auth/reset`: ends all sessions of the account. */
export const resetRequest = z.strictObject({ token: linkToken, password: newPassword }).meta({ id: 'ResetRequest' });

/** Query of `GET /auth/activation` and `GET /auth/reset`: what the pages behind mailed links ask before a password is chosen. */
export const linkQuery = z.object({ token: linkToken });
export const activationInfo = z
  .object({
    username: z.string(),
    fullName: z.string(),
    email: z.string().nullable(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ActivationInfo' });
export type ActivationInfo = z.infer<typeof activationInfo>;

/** Body of `POST /auth/activate`: signs in as the activated account. */
export const activateRequest = z
  .strictObject({
    token: linkToken,
    password: newPassword,
    fullName: fullName.optional(),
    locale: localeSchema.optional(),
  })
  .meta({ id: 'ActivateRequest' });

/** Body of `POST /auth/password`: ends all other sessions. */
export const changePasswordRequest = z
  .strictObject({
    currentPassword: z.string().min(1, { error: 'empty' }).max(PASSWORD_MAX),
    newPassword,
  })
  .meta({ id: 'ChangePasswordRequest' });

/** A signed-in device. Times are ISO 8601 UTC. */
export const session = z
  .object({
    id: z.uuid(),
    current: z.boolean(),
    /** From the user agent, e.g. "Firefox on Linux". */
    device: z.string(),
    address: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
export const sessionList = z.object({ items: z.array(session) }).meta({ id: 'SessionList' });
