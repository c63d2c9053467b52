import { createServer } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { type DoubleOptions, type RocketChatDouble, startRocketChatDouble } from '@besedka/rocketchat/testing';
import { type App, useApp } from './app.js';
import { eventually } from './eventually.js';
import { LOCAL } from './person.js';

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
      // Journeys do in seconds what people do in hours.
      limiter: false,
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
      ROCKETCHAT_AUTO_APPLY: 'on',
      // Every person of a journey sits down at a new browser, and many in half a minute: that is no loop.
      OAUTH_LOOP_LIMIT: '0',
    };
  });
  const chatApp = Object.defineProperty(app, 'rocketChat', {
    get: () => {
      if (!double) throw new Error('only inside tests');
      return double;
    },
  }) as ChatApp;
  beforeAll(() => setUp(chatApp));
  afterAll(() => double?.close());
  return chatApp;
}

/** The server sets Rocket.Chat up by itself, and makes everybody's account there: waits until the owner would find nothing wrong. */
async function setUp({ server, rocketChat }: ChatApp): Promise<void> {
  const json = { 'content-type': 'application/json', origin: server.url };
  const answer = await fetch(`${server.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ login: 'owner', password: LOCAL.owner }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${server.url}/api/v1/${path}`, { headers: { cookie } })).json();
  await eventually(async () => {
    const names = [...rocketChat.state.users.values()].map(({ username }) => username);
    expect(names).toEqual(expect.arrayContaining(['owner', 'store_owner', 'store_admin', 'test_user']));
    expect(await ask('admin/rocketchat/sync')).toMatchObject({ counts: { waiting: 0, failing: 0 } });
  }, 90_000);
  // Only now: what was found the server goes on telling for some seconds.
  await eventually(async () => expect(await ask('rocketchat/checks')).toMatchObject({ findings: [] }), 90_000);
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
