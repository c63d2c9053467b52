import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { Database } from '../../../src/database/database.js';
import { AutoApply } from '../../../src/modules/rocketchat-bridge/auto-apply/auto-apply.js';
import { ADMIN, startServer } from '../../support/rocketchat/bridge.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const WIZARD = 'Show_Setup_Wizard';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the portal sets Rocket.Chat up by itself', () => {
  let port: number;
  let rocket: RocketChatDouble | undefined;
  let app: TestApp;
  const open = (over: Record<string, string> = {}, databaseUrl?: string): Promise<TestApp> =>
    createTestApp({
      ...(databaseUrl !== undefined && { databaseUrl }),
      env: {
        ROCKETCHAT_URL: `http://127.0.0.1:${port}`,
        ROCKETCHAT_ADMIN_USER: ADMIN.username,
        ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
        ROCKETCHAT_AUTO_APPLY: 'on',
        ...over,
      },
    });
  beforeAll(async () => {
    port = await freePort();
    app = await open();
  });
  afterAll(async () => {
    await closeTestApp(app);
    await rocket?.close();
  });

  const said = (from: TestApp, pattern: RegExp) => from.logs.filter(({ msg }) => pattern.test(String(msg)));
  const applies = () =>
    app
      .get(Database)
      .query<{ state: string; by: string | null }>(
        `SELECT state, started_by AS "by" FROM rocketchat_runs WHERE kind = 'apply' ORDER BY id`,
      );

  it('waits for a Rocket.Chat that comes up late, serves people meanwhile, and says what it does', async () => {
    await until(() => said(app, /^Rocket\.Chat is not ready: waiting for it$/).length === 1);
    expect((await app.http().get('/readyz')).status).toBe(200);
    expect(await applies()).toEqual([]);

    // As in the compose file: an unregistered server, whose first boot opens the wizard (contract 4).
    rocket = await startServer({ port, registered: false, limiter: false });
    await until(() => said(app, /^Rocket\.Chat is set up$/).length === 1);
    expect(said(app, /^Rocket\.Chat is set up$/)[0]).toMatchObject({ rocketchat: '8.9.1' });
    expect(await applies()).toEqual([{ state: 'done', by: null }]);
    // Members on whom the queue is still working are no settings.
    expect(said(app, /^settings that Rocket\.Chat lets nobody change$/)).toEqual([]);
    expect(rocket.setting('Accounts_OAuth_Custom-Besedka')).toBe(true);
    expect([...rocket.state.rooms.values()].map(({ fname }) => fname)).toEqual(
      expect.arrayContaining(['Общий чат', 'VIP Беседка', 'Модераторы']),
    );
  });

  it('F04 says that a restart closes the wizard of the first boot, and after it the wizard is closed', async () => {
    expect(rocket?.setting(WIZARD)).toBe('in_progress');
    expect(said(app, /^the set-up wizard of Rocket\.Chat is open: restarting/)).toHaveLength(1);
    rocket?.restart();
    expect(rocket?.setting(WIZARD)).toBe('completed');
    await app.get(AutoApply).look();
    expect(rocket?.setting(WIZARD)).toBe('completed');
  });

  it('leaves what was changed by hand alone, whichever of both starts again', async () => {
    const { set, writes } = { set: rocket!.set, writes: () => rocket!.writes.map(({ path }) => path) };
    rocket!.calls.length = 0;
    set('Unread_Count', 'user_mentions_only');
    await app.get(AutoApply).look();
    const second = await open({}, app.databaseUrl);
    await second.get(AutoApply).look();
    await closeTestApp(second);
    expect(writes()).toEqual([]);
    expect(rocket!.setting('Unread_Count')).toBe('user_mentions_only');
  });

  it('F04 goes over it again when Rocket.Chat comes back with another version', async () => {
    rocket!.restart({ version: '8.9.2' });
    expect(rocket!.setting(WIZARD)).toBe('in_progress');
    await app.get(AutoApply).look();
    expect(said(app, /^Rocket\.Chat is set up$/).at(-1)).toMatchObject({ rocketchat: '8.9.2' });
    expect(rocket!.setting('Unread_Count')).toBe('all_messages');
    rocket!.restart();
    expect(rocket!.setting(WIZARD)).toBe('completed');
  });

  it('goes over it again with another build of the portal', async () => {
    const before = (await applies()).length;
    const next = await open({ BESEDKA_COMMIT: 'another' }, app.databaseUrl);
    await next.get(AutoApply).look();
    await closeTestApp(next);
    expect(await applies()).toHaveLength(before + 1);
  });

  it('finishes what an outage cut off', async () => {
    rocket!.restart({ version: '8.9.3' });
    rocket!.set('Unread_Count', 'user_mentions_only');
    rocket!.faults.order({ name: 'server-error', status: 503, route: 'settings' });
    await app.get(AutoApply).look();
    expect(rocket!.setting('Unread_Count')).toBe('user_mentions_only');
    rocket!.faults.clear();
    await app.get(AutoApply).look();
    expect(rocket!.setting('Unread_Count')).toBe('all_messages');
  });

  it('is no second one at the same time: it waits for the run of an admin', async () => {
    rocket!.restart({ version: '8.9.4' });
    const before = (await applies()).length;
    await app.get(Database).execute(
      `INSERT INTO rocketchat_runs (id, kind, state, origin, started_by, steps, lease_until)
       VALUES (gen_random_uuid(), 'verify', 'running', 'page', 'owner', '[]', now() + interval '1 hour')`,
    );
    await app.get(AutoApply).look();
    expect(await applies()).toHaveLength(before);
    await app.get(Database).execute(`UPDATE rocketchat_runs SET state = 'done' WHERE state = 'running'`);
    await app.get(AutoApply).look();
    expect(await applies()).toHaveLength(before + 1);
  });

  it('tries a wrong password once, not until the account is locked, and says so once; the portal lives', async () => {
    rocket!.calls.length = 0;
    const wrong = await open({ ROCKETCHAT_ADMIN_PASSWORD: 'not-the-one' });
    await until(() => said(wrong, /only a person can help$/).length === 1);
    expect(JSON.stringify(wrong.logs)).not.toContain('not-the-one');
    // The pause until the next try: ten failures in five minutes would lock the account out.
    expect(await wrong.get(AutoApply).look()).toBe(600_000);
    expect(said(wrong, /only a person can help$/)).toHaveLength(1);
    expect((await wrong.http().get('/readyz')).status).toBe(200);
    await closeTestApp(wrong);
  });

  it('does nothing when it is switched off', async () => {
    // One of its own: the other portal goes on looking at the first.
    const alone = await startServer();
    const off = await open({ ROCKETCHAT_AUTO_APPLY: 'off', ROCKETCHAT_URL: alone.url });
    expect((await off.http().get('/readyz')).status).toBe(200);
    await closeTestApp(off);
    await alone.close();
    expect(alone.calls.filter(({ path }) => path.includes('readyz'))).toEqual([]);
  });
});
