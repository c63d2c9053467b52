import type { ChatEngine } from '@besedka/contracts';
import { z } from 'zod';
import type { Mode } from './app-config.js';
import { StartupError } from './config-error.js';
import { oneOf, optionalText, optionalUrl, wholeNumber } from './env-fields.js';

export const rocketChatSchema = z.object({
  /** Address of Rocket.Chat as browsers reach it; its origin is the one other that may frame the authorize and consent pages. */
  ROCKETCHAT_URL: optionalUrl(['http:', 'https:']),
  /** Address of the same server as this process reaches it. Default ROCKETCHAT_URL. */
  ROCKETCHAT_API_URL: optionalUrl(['http:', 'https:']),
  /** Address of the portal as Rocket.Chat's server reaches it. Default PUBLIC_URL. */
  ROCKETCHAT_PORTAL_URL: optionalUrl(['http:', 'https:']),
  /** How people are signed in there. Default: what its version can do without a licence. */
  ROCKETCHAT_MODE: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['oauth', 'iframe-token'], { error: 'must be one of oauth, iframe-token' }).optional(),
  ),
  /** User name of an admin there that is used by nobody else. */
  ROCKETCHAT_ADMIN_USER: optionalText(),
  /** Its password; it also answers the second factor. */
  ROCKETCHAT_ADMIN_PASSWORD: optionalText(),
  /** In place of user name and sign-in: the user id of that admin … */
  ROCKETCHAT_ADMIN_ID: optionalText(),
  /** … and a personal access token. */
  ROCKETCHAT_ADMIN_TOKEN: optionalText(),
  /** Client id and secret of a registered application. Default: `rocketchat apply` registers one. */
  ROCKETCHAT_CLIENT_ID: optionalText(),
  ROCKETCHAT_CLIENT_SECRET: optionalText(),
  /** Rocket.Chat's own `CREATE_TOKENS_FOR_USERS_SECRET`: with it the portal signs people in by token. Needed for `iframe-token`. */
  ROCKETCHAT_TOKEN_SECRET: optionalText(),
  /**
   * Rocket.Chat's MongoDB, read only, with the name of its database: one change stream gives everybody's unread numbers. Without it they
   * are asked over REST.
   */
  ROCKETCHAT_MONGO_URL: optionalText().refine((url) => url === undefined || /^mongodb(?:\+srv)?:\/\/[^/]/.test(url), {
    error: 'must be an address beginning with mongodb:// or mongodb+srv://',
  }),
  /** Calls a minute that unread numbers over REST may cost. Default 600. */
  ROCKETCHAT_UNREAD_CALLS_PER_MINUTE: wholeNumber(600, 1, 100_000),
  /** Whether the server sets Rocket.Chat up by itself. Default: on in local mode, off in production. */
  ROCKETCHAT_AUTO_APPLY: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['on', 'off'], { error: 'must be one of on, off' }).optional(),
  ),
  /** Whether messages there say that they were edited. Default shown. */
  ROCKETCHAT_EDITED_MARKS: oneOf(['shown', 'hidden'], 'shown'),
  /** Whether a deleted message leaves a mark there. Default hidden. */
  ROCKETCHAT_DELETED_MARKS: oneOf(['shown', 'hidden'], 'hidden'),
});

export type RocketChatMode = 'oauth' | 'iframe-token';

/** The admin account that the bridge works with. */
export type RocketChatAdmin =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly userId: string; readonly token: string; readonly password?: string };

/** What messages there tell about changes. */
export interface RocketChatMarks {
  readonly edited: 'shown' | 'hidden';
  readonly deleted: 'shown' | 'hidden';
}

export interface RocketChatConfig {
  /** As browsers reach it, without a slash at the end; null: there is no Rocket.Chat. */
  readonly url: string | null;
  /** As this process reaches it, without a slash at the end. */
  readonly apiUrl: string | null;
  /** The portal as Rocket.Chat's server reaches it, without a slash at the end; null: as everybody does. */
  readonly portalUrl: string | null;
  /** Null: by the server's version. */
  readonly mode: RocketChatMode | null;
  readonly admin: RocketChatAdmin | null;
  readonly client: { readonly id: string; readonly secret: string } | null;
  /** What makes login tokens for people there; null: nobody can be signed in by token. */
  readonly tokenSecret: string | null;
  /** MongoDB behind it, may hold a password; null: there is no access. */
  readonly mongoUrl: string | null;
  readonly unreadCallsPerMinute: number;
  /** The server sets Rocket.Chat up by itself, if there is one and an account to do it with. */
  readonly autoApply: boolean;
  readonly marks: RocketChatMarks;
}

/** Our own engine unless there is a Rocket.Chat. */
export function chatEngineOf({ url }: RocketChatConfig): ChatEngine {
  return url === null ? 'built-in' : 'rocketchat';
}

/** The variable that says where this process reaches it. */
export function apiUrlVariable({ url, apiUrl }: Pick<RocketChatConfig, 'url' | 'apiUrl'>): string {
  return url === apiUrl ? 'ROCKETCHAT_URL' : 'ROCKETCHAT_API_URL';
}

/** @throws StartupError when one half of a pair is missing */
export function rocketChatConfig(v: z.infer<typeof rocketChatSchema>, mode: Mode): RocketChatConfig {
  const url = v.ROCKETCHAT_URL === undefined ? null : withoutSlash(v.ROCKETCHAT_URL);
  return {
    url,
    apiUrl: v.ROCKETCHAT_API_URL === undefined ? url : withoutSlash(v.ROCKETCHAT_API_URL),
    portalUrl: v.ROCKETCHAT_PORTAL_URL === undefined ? null : withoutSlash(v.ROCKETCHAT_PORTAL_URL),
    mode: v.ROCKETCHAT_MODE ?? null,
    admin: adminOf(v),
    client: clientOf(v),
    tokenSecret: v.ROCKETCHAT_TOKEN_SECRET ?? null,
    mongoUrl: v.ROCKETCHAT_MONGO_URL ?? null,
    unreadCallsPerMinute: v.ROCKETCHAT_UNREAD_CALLS_PER_MINUTE,
    autoApply: v.ROCKETCHAT_AUTO_APPLY === undefined ? mode === 'local' : v.ROCKETCHAT_AUTO_APPLY === 'on',
    marks: { edited: v.ROCKETCHAT_EDITED_MARKS, deleted: v.ROCKETCHAT_DELETED_MARKS },
  };
}

function adminOf(v: z.infer<typeof rocketChatSchema>): RocketChatAdmin | null {
  const { ROCKETCHAT_ADMIN_USER: user, ROCKETCHAT_ADMIN_PASSWORD: password } = v;
  const { ROCKETCHAT_ADMIN_ID: userId, ROCKETCHAT_ADMIN_TOKEN: token } = v;
  if ((userId === undefined) !== (token === undefined)) {
    throw new StartupError('ROCKETCHAT_ADMIN_ID and ROCKETCHAT_ADMIN_TOKEN belong together: set both or none.');
  }
  if (userId !== undefined && token !== undefined) {
    return { kind: 'token', userId, token, ...(password !== undefined && { password }) };
  }
  if ((user === undefined) !== (password === undefined)) {
    throw new StartupError('ROCKETCHAT_ADMIN_USER and ROCKETCHAT_ADMIN_PASSWORD belong together: set both or none.');
  }
  return user === undefined || password === undefined ? null : { kind: 'password', user, password };
}

function clientOf({ ROCKETCHAT_CLIENT_ID: id, ROCKETCHAT_CLIENT_SECRET: secret }: z.infer<typeof rocketChatSchema>) {
  if ((id === undefined) !== (secret === undefined)) {
    throw new StartupError('ROCKETCHAT_CLIENT_ID and ROCKETCHAT_CLIENT_SECRET belong together: set both or none.');
  }
  return id === undefined || secret === undefined ? null : { id, secret };
}

function withoutSlash(address: string): string {
  const url = new URL(address);
  return url.origin + url.pathname.replace(/\/+$/, '');
}
