import { startRocketChatDouble } from '@besedka/rocketchat/testing';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from '../../scripts/lib/tools.mjs';

/** @typedef {import('@besedka/rocketchat/testing').RocketChatDouble} Double */

describe('the health check of the Rocket.Chat container', () => {
  const folder = mkdtempSync(join(tmpdir(), 'besedka-health-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** @type {Double} */
  let server;
  /** Stands for process 1 of the container. */
  let main = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  /** @param {import('@besedka/rocketchat/testing').DoubleOptions} options */
  const start = async (options = {}) => {
    server = await startRocketChatDouble({
      admin: { username: 'besedka.bridge', password: 'a-long-bridge-password' },
      ...options,
      env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed', ...options.env },
    });
  };
  afterEach(() => server.close());
  afterAll(() => main.kill('SIGKILL'));

  /** @param {string} marker @returns {Promise<{ code: number, said: string }>} */
  const check = (marker, port = Number(new URL(server.url).port)) =>
    new Promise((resolve) => {
      const args = [join(ROOT, 'docker/rocketchat/health.mjs'), String(main.pid), join(folder, marker)];
      execFile(process.execPath, args, { env: { PORT: String(port) } }, (error, said) =>
        resolve({ code: Number(error?.code ?? 0), said }),
      );
    });

  it('is well when the server can work and its wizard is closed, and ill when not', async () => {
    await start();
    expect(await check('well')).toEqual({ code: 0, said: '' });
    server.faults.order({ name: 'unready' });
    expect(await check('well')).toEqual({ code: 1, said: 'not ready: 503\n' });
    expect(await check('well', 1)).toMatchObject({ code: 1, said: expect.stringMatching(/^no answer: /) });
    expect(main.exitCode ?? main.signalCode).toBeNull();
  });

  it('F04 ends the server once when the wizard came back with a new version, and the plain restart closes it', async () => {
    await start({ registered: false });
    expect(server.setting('Show_Setup_Wizard')).toBe('in_progress');
    const ended = once(main, 'exit');
    expect(await check('fresh')).toEqual({
      code: 1,
      said: 'the set-up wizard was open (in_progress): restarting the server closes it\n',
    });
    expect(await ended).toEqual([null, 'SIGTERM']);
    // What the restart policy of the container does.
    server.restart();
    main = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(await check('fresh')).toEqual({ code: 0, said: '' });
    expect(server.setting('Show_Setup_Wizard')).toBe('completed');
    // An upgrade makes a new container, without the marker.
    server.restart({ version: '8.9.2' });
    const again = once(main, 'exit');
    expect(await check('upgraded')).toMatchObject({ code: 1 });
    await again;
    server.restart();
    main = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(await check('upgraded')).toEqual({ code: 0, said: '' });
  });

  it('F04 does not restart in a circle when the wizard stays open for another reason', async () => {
    await start({ registered: false, env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'in_progress' } });
    const ended = once(main, 'exit');
    expect(await check('circle')).toMatchObject({ code: 1 });
    await ended;
    server.restart();
    main = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    expect(await check('circle')).toEqual({
      code: 0,
      said: 'the set-up wizard is open (in_progress) although the server was restarted\n',
    });
    expect(main.exitCode ?? main.signalCode).toBeNull();
  });
});
