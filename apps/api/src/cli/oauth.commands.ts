import type { INestApplicationContext } from '@nestjs/common';
import { systemContext } from '../common/context/request-context.js';
import { StartupError } from '../config/config-error.js';
import {
  type Rotation,
  type SigningKeyInfo,
  SigningKeysService,
  UnreadableKeysError,
} from '../modules/oauth-provider/signing-keys.service.js';
import type { CommandResult } from './commands.js';

/** `oauth keys` */
export async function listKeys(app: INestApplicationContext): Promise<CommandResult> {
  const keys = await app.get(SigningKeysService).list();
  const lines = keys.map((key) => `${key.kid}  ${key.state.padEnd(7)}  ${age(key.createdAt)} old  ${usesOf(key)}\n`);
  return {
    facts: { keys },
    text: lines.length === 0 ? 'There are no keys yet: the server makes them.\n' : lines.join(''),
  };
}

/** `oauth rotate-keys` */
export async function rotateKeys(app: INestApplicationContext): Promise<CommandResult> {
  const rotation = await rotated(app.get(SigningKeysService));
  const signsFrom = rotation.signsFrom.toISOString();
  const when =
    rotation.signsFrom.getTime() > Date.now()
      ? `It signs from ${signsFrom}, when it has been published for long enough; until then the one before it does.`
      : 'Running servers sign with it within half a minute.';
  return { facts: { kid: rotation.kid, signsFrom }, text: `The current key is ${rotation.kid}. ${when}\n` };
}

async function rotated(keys: SigningKeysService): Promise<Rotation> {
  try {
    return await keys.rotate(systemContext('cli'));
  } catch (error) {
    if (!(error instanceof UnreadableKeysError)) throw error;
    throw new StartupError(
      'The keys cannot be opened with this AUTH_SECRET: run the command with the settings of the server.',
    );
  }
}

function usesOf(key: SigningKeyInfo): string {
  if (key.signs) return 'signs';
  return key.published ? 'published' : 'only recognised in sign-out hints';
}

/** Roughly: days, else hours, else minutes. */
function age(since: string): string {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} d`;
}
