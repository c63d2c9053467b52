import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mode } from './app-config.js';
import { StartupError } from './config-error.js';

const MIN_LENGTH = 32;
/** Fragments of secrets that examples and tutorials print; such a key protects nothing. */
const KNOWN =
  /change[-_ ]?me|secret[-_ ]?key|your[-_ ]?secret|password|example|default|django-insecure|local-development/i;

function isWeak(secret: string): boolean {
  return secret.length < MIN_LENGTH || KNOWN.test(secret) || new Set(secret).size < 8;
}

/**
 * The signing key. Production: AUTH_SECRET, refused when missing or weak. Local mode: AUTH_SECRET, else a key made once and
 * kept in the data folder (mode 0600), so that a restart signs nobody out.
 * @throws StartupError naming the variable or the file
 */
export function resolveAuthSecret(mode: Mode, given: string | undefined, dataDir: string): string {
  if (given !== undefined) {
    if (given.length < MIN_LENGTH) throw new StartupError(`AUTH_SECRET must have at least ${MIN_LENGTH} characters.`);
    if (mode === 'production' && isWeak(given)) {
      throw new StartupError(
        'AUTH_SECRET is a known or guessable value; set a random one, e.g. from `openssl rand -hex 32`.',
      );
    }
    return given;
  }
  if (mode === 'production') {
    throw new StartupError(
      `AUTH_SECRET is required in production: a random text of at least ${MIN_LENGTH} characters.`,
    );
  }
  return localSecret(dataDir);
}

function localSecret(dataDir: string): string {
  const path = join(dataDir, 'auth-secret');
  try {
    if (!existsSync(path)) {
      mkdirSync(dataDir, { recursive: true });
      // `wx` keeps the first writer's key when two processes start at once; both then read the same file.
      try {
        writeFileSync(path, randomBytes(48).toString('base64url'), { mode: 0o600, flag: 'wx' });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length < MIN_LENGTH) {
      throw new StartupError(
        `The signing key in the data folder (${path}) is damaged; delete the file to make a new one.`,
      );
    }
    return secret;
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The data folder ${dataDir} (BESEDKA_DATA_DIR) cannot be written or read.`);
  }
}
