import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { RocketChatBackupEntries, RocketChatRun, RocketChatRuns, RocketChatStatus } from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { readArguments } from '../../../src/cli/arguments.js';
import type { CommandResult } from '../../../src/cli/commands.js';
import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { type Bridge, openBridge, portalEnv, startServer } from '../../support/rocketchat/bridge.js';
import { type RunningCommand, startCommand } from '../../support/rocketchat/cli.js';
import { RUNS_BASE, RunsPage } from '../../support/rocketchat/runs-page.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

// One installation: the server with its page, and commands in a terminal beside it.
describe('the command line and the Integration page', () => {
  let rocket: RocketChatDouble;
  let app: TestApp;
  let owner: HttpClient;
  let page: RunsPage;
  let cli: Bridge;
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-cli-'));
  beforeAll(async () => {
    // Each command signs in anew, more often than people let them run.
    rocket = await startServer({ limiter: false });
    app = await createTestApp({
      ownAddress: true,
      env: {
        ...portalEnv(rocket),
      },
    });
    owner = await signIn(app, 'owner');
    page = new RunsPage(owner);
    cli = await openBridge(rocket, settings());
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await cli?.close();
    await closeTestApp(app);
    await rocket.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  afterEach(() => rocket.faults.clear());

  const settings = () => ({
    BESEDKA_DATA_DIR: dataDir,
    AUTH_SECRET: app.config.auth.secret,
    DATABASE_URL: app.databaseUrl,
    PUBLIC_URL: app.url,
  });
  /** A command in a process of its own. */
  const spawned = (...args: string[]): RunningCommand =>
    startCommand(args, {
      ...settings(),
      ...portalEnv(rocket),
    });
  /** The same in this one, which is quicker. */
  function command(...args: string[]): Promise<CommandResult> {
    const asked = readArguments(['rocketchat', ...args]);
    if (asked.kind !== 'command' || !('run' in asked.command)) throw new Error('no such command');
    return asked.command.run(cli.module, asked.options);
  }
  const history = async () => (await owner.get<RocketChatRuns>(`${RUNS_BASE}/runs`)).json.items;

  /** Does a command, and looks at what the page shows of it. */
  async function done(code: number, ...args: string[]): Promise<RocketChatRun> {
    expect((await command(...args)).exitCode ?? 0).toBe(code);
    const [latest] = await history();
    expect(latest).toMatchObject({ origin: 'command-line', startedBy: null, state: 'done' });
    expect((await page.status()).latestRunId).toBe(latest?.id);
    return page.read(latest?.id ?? '');
  }
  const isStale = async () => (await page.status()).verifyStale;

  it('every command is in the history with what it found or did, told apart from the page and the portal', async () => {
    expect(await done(2, 'plan')).toMatchObject({ kind: 'plan', steps: [], result: { kind: 'plan' } });
    expect((await page.status()).drift?.differences.length).toBeGreaterThan(30);
    const applied = await done(0, 'apply');
    expect(applied).toMatchObject({ kind: 'apply', failure: null });
    expect(applied.steps.map(({ id, state }) => [id, state]).slice(0, 2)).toEqual([
      ['settings', 'done'],
      ['permissions', 'done'],
    ]);
    expect(await page.status()).toMatchObject({
      lastApply: { id: applied.id },
      drift: { differences: [] },
      driftStale: false,
    });
    expect(await done(0, 'verify')).toMatchObject({ kind: 'verify', result: { verification: { ok: true } } });

    // Who backs up in a terminal has the file there; the page lists only what it can give out.
    const file = join(dataDir, 'backup.json');
    const backup = await done(0, 'backup', file);
    expect(backup).toMatchObject({ kind: 'backup', result: { backup: { id: backup.id, channels: 3 } } });
    const { items } = (await owner.get<RocketChatBackupEntries>(`${RUNS_BASE}/backups`)).json;
    expect(items.map(({ reason }) => reason)).toEqual(['apply']);
    expect((await owner.get(`${RUNS_BASE}/backups/${backup.id}/file`)).status).toBe(404);

    rocket.set('Unread_Count', 'user_mentions_only');
    expect(await done(2, 'restore', file)).toMatchObject({ kind: 'restore-plan', backupId: null });
    expect(await done(0, 'restore', file, '--yes')).toMatchObject({
      kind: 'restore',
      result: { restored: { changed: [{ id: 'Unread_Count' }] } },
    });
    expect((await page.status()).drift?.differences).toEqual([]);
    expect((await done(2, 'restore', '--kept', items[0]?.id ?? '')).backupId).toBe(items[0]?.id);
    expect((await done(2, 'rollback', '--plan')).kind).toBe('rollback-plan');
    expect((await history()).map(({ kind }) => kind).reverse()).toEqual([
      ...['plan', 'apply', 'verify', 'backup', 'restore-plan', 'restore', 'restore-plan', 'rollback-plan'],
    ]);
  }, 120_000);

  it('"last verified" is old as soon as something has been written, here as there; a run that writes nothing leaves it', async () => {
    const verified = async () => expect((await page.run({ kind: 'verify' })).state).toBe('done');
    await verified();
    expect(await isStale()).toBe(false);
    await done(0, 'apply');
    expect(await isStale()).toBe(false);

    rocket.set('Unread_Count', 'user_mentions_only');
    await done(0, 'apply');
    expect(await isStale()).toBe(true);
    await verified();
    rocket.set('Unread_Count', 'user_mentions_only');
    expect((await page.run({ kind: 'apply' })).state).toBe('done');
    expect(await isStale()).toBe(true);

    await verified();
    expect(await isStale()).toBe(false);
    await done(0, 'rollback');
    expect(await isStale()).toBe(true);
    await done(0, 'apply');
    expect(await isStale()).toBe(true);
    await verified();
    const plan = await page.run({ kind: 'rollback-plan' });
    expect((await page.run({ kind: 'rollback', planId: plan.id })).state).toBe('done');
    expect(await isStale()).toBe(true);
    // What was planned on the page is another server after a command.
    const old = await page.run({ kind: 'rollback-plan' });
    await done(0, 'apply');
    const late = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind: 'rollback', planId: old.id });
    expect([late.status, late.json.code]).toEqual([409, 'rocketchat_plan_needed']);
    // What only looks is no reason.
    await verified();
    await done(0, 'plan');
    expect(await isStale()).toBe(false);
  }, 120_000);

  it('one at a time: while a command works, the page names it and begins nothing', async () => {
    const release = rocket.faults.order({ name: 'latency', ms: 60_000, route: '/api/info' });
    const plan = spawned('plan');
    let active: RocketChatStatus['active'] = null;
    while (active === null) ({ active } = await page.status().catch(() => ({ active: null })));
    expect(active).toMatchObject({ kind: 'plan', origin: 'command-line', startedBy: null, state: 'running' });
    const refused = await owner.post<{ code: string; data: object }>(`${RUNS_BASE}/runs`, { kind: 'apply' });
    expect([refused.status, refused.json.code, refused.json.data]).toEqual([
      409,
      'rocketchat_run_active',
      { id: active.id, kind: 'plan' },
    ]);

    // Somebody stops it: the page may go on at once.
    plan.process.kill('SIGTERM');
    expect((await plan.ended).code).toBe(143);
    release();
    expect(await page.read(active.id)).toMatchObject({ state: 'interrupted', origin: 'command-line' });
    expect((await page.run({ kind: 'plan' })).state).toBe('done');
  }, 60_000);

  it('one at a time: a command waits for what was begun on the page, and says so', async () => {
    const release = rocket.faults.order({ name: 'latency', ms: 60_000, route: '/api/info' });
    const begun = await owner.post<RocketChatRun>(`${RUNS_BASE}/runs`, { kind: 'backup' });
    const plan = spawned('plan');
    await plan.says(/^Waiting: backup is under way since \S+, begun by owner on the page\.$/m);
    expect((await page.status()).latestRunId).toBe(begun.json.id);
    release();
    expect((await plan.ended).code).toBe(0);
    expect((await page.ended(begun.json.id)).state).toBe('done');
    const [last, before] = await history();
    expect([last, before]).toMatchObject([
      { kind: 'plan', origin: 'command-line', state: 'done' },
      { id: begun.json.id, origin: 'page' },
    ]);
  }, 60_000);

  it('a command that failed says why on the page too', async () => {
    rocket.faults.order({ name: 'outage' });
    await expect(command('plan')).rejects.toThrow(/^Rocket\.Chat cannot be reached at ROCKETCHAT_URL\./);
    expect((await history())[0]).toMatchObject({
      ...{ kind: 'plan', origin: 'command-line', state: 'failed' },
      failure: { kind: 'unreachable' },
    });
  }, 60_000);
});
