import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AppConfig, type Mode } from './app-config.js';
import { type CookieNames, authSchema } from './auth.config.js';
import { resolveAuthSecret } from './auth-secret.js';
import { readBuildInfo } from './build-info.js';
import { StartupError } from './config-error.js';
import { databaseSchema } from './database.config.js';
import { type Env, oneOf, optionalText, text } from './env-fields.js';
import { httpSchema } from './http.config.js';
import { limitsSchema } from './limits.config.js';
import { loggingSchema } from './logging.config.js';
import { mailSchema } from './mail.config.js';
import { oauthSchema } from './oauth.config.js';
import { ownerSchema } from './owner.config.js';
import { rocketChatConfig, rocketChatSchema } from './rocketchat.config.js';

const generalSchema = z.object({
  /**
   * `local`: example accounts with published passwords, a made-up signing key, plain http. `production`: nothing is assumed.
   * Default production: who starts the server by hand must not open these accounts by forgetting a variable; `npm start`
   * says local.
   */
  BESEDKA_MODE: oneOf(['local', 'production'], 'production'),
  /** Folder for files, mail and keys. Default .data under the working folder. */
  BESEDKA_DATA_DIR: text('.data'),
  /** Commit of the build, for images built without a checkout. */
  BESEDKA_COMMIT: optionalText(),
});

const environment = z.object({
  ...generalSchema.shape,
  ...httpSchema.shape,
  ...databaseSchema.shape,
  ...authSchema.shape,
  ...oauthSchema.shape,
  ...rocketChatSchema.shape,
  ...mailSchema.shape,
  ...ownerSchema.shape,
  ...limitsSchema.shape,
  ...loggingSchema.shape,
});

/** Names of all variables that the API reads; unknown ones are none of our business. */
export const ENV_NAMES = Object.keys(environment.shape);

/**
 * Reads and checks all settings.
 * @throws StartupError naming every wrong variable and what it must be, never a value
 */
export function loadConfig(env: Env): AppConfig {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${sentence(issue)}`);
    throw new StartupError(`Wrong settings: ${[...new Set(faults)].join('; ')}.`);
  }
  const v = parsed.data;
  const mode: Mode = v.BESEDKA_MODE;
  if (v.DATABASE_URL === undefined) {
    throw new StartupError('DATABASE_URL is required: postgres://user:password@host:port/database.');
  }
  const dataDir = resolve(v.BESEDKA_DATA_DIR);
  const publicUrl = publicOrigin(mode, v.PUBLIC_URL, v.PORT);
  const rocketChat = rocketChatConfig(v, mode);
  return new AppConfig({
    mode,
    dataDir,
    build: readBuildInfo(v.BESEDKA_COMMIT),
    http: {
      host: v.HOST,
      port: v.PORT,
      publicUrl,
      publicUrlGiven: v.PUBLIC_URL !== undefined,
      trustedProxies: v.TRUSTED_PROXIES,
      bodyLimitBytes: v.BODY_LIMIT_BYTES,
      webRoot: webRoot(v.WEB_ROOT),
      metricsToken: v.METRICS_TOKEN ?? null,
    },
    database: {
      url: v.DATABASE_URL,
      poolSize: v.DATABASE_POOL_SIZE,
      statementTimeoutMs: v.DATABASE_STATEMENT_TIMEOUT_MS,
      connectTimeoutMs: v.DATABASE_CONNECT_TIMEOUT_MS,
    },
    auth: {
      secret: resolveAuthSecret(mode, v.AUTH_SECRET, dataDir),
      accessTokenSeconds: v.ACCESS_TOKEN_SECONDS,
      refreshTokenDays: v.REFRESH_TOKEN_DAYS,
      refreshGraceSeconds: v.REFRESH_GRACE_SECONDS,
      passwordHashKib: hashMemory(mode, v.PASSWORD_HASH_KIB),
      cookies: cookieNames(mode),
    },
    oauth: {
      accessTokenSeconds: v.OAUTH_ACCESS_TOKEN_SECONDS,
      refreshTokenDays: Math.min(v.OAUTH_REFRESH_TOKEN_DAYS, v.OAUTH_GRANT_DAYS),
      grantDays: v.OAUTH_GRANT_DAYS,
      idTokenSeconds: v.OAUTH_ID_TOKEN_SECONDS,
      keyRotationDays: v.OAUTH_KEY_ROTATION_DAYS,
      loopLimit: v.OAUTH_LOOP_LIMIT,
      rocketChatOrigin: rocketChat.url === null ? null : new URL(rocketChat.url).origin,
    },
    rocketChat,
    mail: { smtpUrl: v.SMTP_URL ?? null, from: v.MAIL_FROM },
    owner: {
      username: v.OWNER_USERNAME ?? null,
      email: v.OWNER_EMAIL ?? null,
      password: v.OWNER_PASSWORD ?? null,
    },
    limits: {
      generalPerMinute: v.RATE_GENERAL_PER_MINUTE,
      signInPerMinute: v.RATE_SIGN_IN_PER_MINUTE,
      sendPerMinute: v.RATE_SEND_PER_MINUTE,
      socketsPerUser: v.SOCKETS_PER_USER,
      socketsPerAddress: v.SOCKETS_PER_ADDRESS,
      messageMaxChars: v.MESSAGE_MAX_CHARS,
    },
    logging: { level: v.LOG_LEVEL },
  });
}

/** zod repeats the received value in some of its own messages; only messages written here are passed on. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must be')) return issue.message;
  if (issue.code === 'too_big') return `must be at most ${String(issue.maximum)}`;
  if (issue.code === 'too_small') return `must be at least ${String(issue.minimum)}`;
  return 'has a value that cannot be used';
}

function publicOrigin(mode: Mode, given: string | undefined, port: number): string {
  if (given === undefined) {
    if (mode === 'production') {
      throw new StartupError(
        'PUBLIC_URL is required in production: the https address at which people reach the portal.',
      );
    }
    return `http://127.0.0.1:${port}`;
  }
  const url = new URL(given);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new StartupError('PUBLIC_URL must be an address without a path, e.g. https://portal.example.org.');
  }
  // Production cookies are `Secure`: over plain http a browser would drop them and nobody could sign in.
  const onThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (mode === 'production' && url.protocol !== 'https:' && !onThisMachine) {
    throw new StartupError('PUBLIC_URL must begin with https:// in production.');
  }
  return url.origin;
}

/** OWASP's smallest recommended Argon2id setting; less is only for tests. */
const PRODUCTION_HASH_KIB = 19_456;

function hashMemory(mode: Mode, kib: number): number {
  if (mode === 'production' && kib < PRODUCTION_HASH_KIB) {
    throw new StartupError(`PASSWORD_HASH_KIB must be at least ${PRODUCTION_HASH_KIB} in production.`);
  }
  return kib;
}

function cookieNames(mode: Mode): CookieNames {
  if (mode === 'local') return { access: 'besedka_access', refresh: 'besedka_refresh', secure: false };
  // `__Host-` demands Path=/, which the refresh cookie deliberately does not have; `__Secure-` is the strongest left.
  return { access: '__Host-besedka_access', refresh: '__Secure-besedka_refresh', secure: true };
}

function webRoot(given: string | undefined): string | null {
  const path = resolve(given ?? resolve(import.meta.dirname, '..', '..', '..', 'web', 'dist'));
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  if (given !== undefined) throw new StartupError('WEB_ROOT must be an existing folder.');
  return null;
}
