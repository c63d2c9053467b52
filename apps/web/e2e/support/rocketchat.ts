import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type DoubleOptions, type RocketChatDouble, startRocketChatDouble } from '@besedka/rocketchat/testing';
import { type App, useApp } from './app.js';

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'api', 'dist', 'cli', 'main.js');
const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };
/** What the server's environment and the portal's settings both name. */
const TOKEN_SECRET = 'a-secret-of-both-servers';

export type SignInMode = 'oauth' | 'iframe-token';

/** The product together with a Rocket.Chat that it has set up. */
export interface ChatApp extends App {
  readonly rocketChat: RocketChatDouble;
}

/**
 * Call it once at the top of a test file. In `oauth` mode Rocket.Chat is 8.9, in `iframe-token` mode 9.0: the release from which on the
 * free edition signs in so.
 */
export function useChatApp(mode: SignInMode = 'oauth', options: DoubleOptions = {}): ChatApp {
  let double: RocketChatDouble | undefined;
  const app = useApp(async () => {
    double = await startRocketChatDouble({
      profile: mode === 'oauth' ? '8.9' : '9.0',
      admin: ADMIN,
      ...options,
      env: {
        OVERWRITE_SETTING_Show_Setup_Wizard: 'completed',
        CREATE_TOKENS_FOR_USERS_SECRET: TOKEN_SECRET,
        ...options.env,
      },
    });
    const port = await freePort();
    return {
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ROCKETCHAT_URL: double.url,
      ROCKETCHAT_MODE: mode,
      ROCKETCHAT_ADMIN_USER: ADMIN.username,
      ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
      ROCKETCHAT_TOKEN_SECRET: TOKEN_SECRET,
    };
  });
  beforeAll(() => apply(app.server.settings));
  afterAll(() => double?.close());
  return Object.defineProperty(app, 'rocketChat', {
    get: () => {
      if (!double) throw new Error('only inside tests');
      return double;
    },
  }) as ChatApp;
}

/** Sets Rocket.Chat up as an admin would. @throws with what the command said when it fails */
async function apply(settings: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [CLI, 'rocketchat', 'apply'], {
    env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  }
  const code = await new Promise<number | null>((done) => child.on('close', done));
  if (code !== 0) throw new Error(`rocketchat apply ended with ${code}: ${output}`);
}

/** The portal's address has to be known before it listens: it is written into Rocket.Chat. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
