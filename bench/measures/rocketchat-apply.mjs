import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRocketChatDouble } from '@besedka/rocketchat/testing';
import { round } from '../lib/numbers.mjs';

const CLI = fileURLToPath(new URL('../../apps/api/dist/cli/main.js', import.meta.url));
const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };

/** One run of the built program, as an admin types it. @returns seconds, and its answer */
async function apply(env) {
  const started = performance.now();
  const child = spawn(process.execPath, [CLI, 'rocketchat', 'apply', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`rocketchat apply ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, answer: JSON.parse(out) };
}

/**
 * From an empty server to everything set up, on the double: with the limiter on, once as the admin that may pass it (the default), once as
 * one that may not. Then once more, which must write nothing.
 */
export async function measureRocketChatApply({ api, databaseUrl, secret }) {
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-bench-rocketchat-'));
  const results = [];
  try {
    for (const mayPass of [true, false]) {
      const server = await startRocketChatDouble({
        admin: ADMIN,
        env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' },
      });
      if (!mayPass) server.faults.order({ name: 'missing-permission', permission: 'api-bypass-rate-limit' });
      const env = {
        ...process.env,
        BESEDKA_MODE: 'local',
        BESEDKA_DATA_DIR: dataDir,
        DATABASE_URL: databaseUrl,
        PUBLIC_URL: api.base,
        AUTH_SECRET: secret,
        ROCKETCHAT_URL: server.url,
        ROCKETCHAT_ADMIN_USER: ADMIN.username,
        ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
      };
      try {
        const first = await apply(env);
        const { length: calls } = server.calls;
        const { length: writes } = server.writes;
        server.calls.length = 0;
        const second = await apply(env);
        const whose = mayPass ? '' : ', admin without the right to pass the limiter';
        results.push(
          {
            measure: `first rocketchat apply on an empty server (double, limiter on${whose}), seconds`,
            target: '<= 60',
            value: round(first.seconds),
            met: first.seconds <= 60,
            detail: { calls, writes, changed: first.answer.changed.length, secondRunSeconds: round(second.seconds) },
          },
          {
            measure: `writes of the second rocketchat apply (double, limiter on${whose})`,
            target: '0',
            value: server.writes.length,
            met: server.writes.length === 0,
          },
        );
      } finally {
        await server.close();
      }
    }
    return results;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
