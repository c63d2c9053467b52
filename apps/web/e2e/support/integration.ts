import { afterAll } from '@jest/globals';
import type { RocketChatRun } from '@besedka/contracts';
import { type DoubleOptions, type RocketChatDouble, startRocketChatDouble } from '@besedka/rocketchat/testing';
import { type App, useApp } from './app.js';
import { eventually } from './eventually.js';
import type { Person } from './person.js';
import { freePort } from './rocketchat.js';

const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };

/** The product beside a Rocket.Chat that nobody has set up yet. */
export interface IntegrationApp extends App {
  readonly rocketChat: RocketChatDouble;
}

/** Call it once at the top of a test file. */
export function useIntegrationApp(options: DoubleOptions = {}): IntegrationApp {
  let double: RocketChatDouble | undefined;
  const app = useApp(async () => {
    double = await startRocketChatDouble({
      admin: ADMIN,
      // Journeys do in seconds what people do in hours.
      limiter: false,
      ...options,
      env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed', ...options.env },
    });
    // The portal's address has to be known before it listens: it is written into Rocket.Chat.
    const port = await freePort();
    return {
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      ROCKETCHAT_URL: double.url,
      ROCKETCHAT_ADMIN_USER: ADMIN.username,
      ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
      ROCKETCHAT_AUTO_APPLY: 'off',
    };
  });
  afterAll(() => double?.close());
  return Object.defineProperty(app, 'rocketChat', {
    get: () => {
      if (!double) throw new Error('only inside tests');
      return double;
    },
  }) as IntegrationApp;
}

/** Has a run done, and waits for its end. */
export async function run(owner: Person, body: object): Promise<RocketChatRun> {
  const { id } = await owner.api<RocketChatRun>('POST', 'admin/rocketchat/runs', body);
  let ended: RocketChatRun | undefined;
  await eventually(async () => {
    ended = await owner.api<RocketChatRun>('GET', `admin/rocketchat/runs/${id}`);
    if (ended.state === 'running') throw new Error(`the run ${id} has not ended`);
  }, 60_000);
  return ended!;
}
