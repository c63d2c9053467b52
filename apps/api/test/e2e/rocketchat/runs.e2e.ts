import {
  ROCKETCHAT_VERIFY_CHECKS,
  type RocketChatBackupEntries,
  type RocketChatBackupFile,
  type RocketChatRun,
  type RocketChatRuns,
  type RocketChatStatus,
} from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { RunsRepository } from '../../../src/modules/rocketchat-bridge/runs/runs.repository.js';
import { Database } from '../../../src/database/database.js';
import { newId } from '../../../src/common/ids.js';
import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { ADMIN, portalEnv, startServer } from '../../support/rocketchat/bridge.js';
import { RUNS_BASE, RunsPage } from '../../support/rocketchat/runs-page.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('runs of the Integration page', () => {
  let rocket: RocketChatDouble;
  let app: TestApp;
  let owner: HttpClient;
  let page: RunsPage;
  beforeAll(async () => {
    rocket = await startServer();
    app = await createTestApp({
      env: {
        ...portalEnv(rocket),
      },
    });
    owner = await signIn(app, 'owner');
    page = new RunsPage(owner);
  });
  afterAll(async () => {
    await closeTestApp(app);
    await rocket.close();
  });
  afterEach(() => rocket.faults.clear());

  it('plans, applies step by step, and tells how it stands', async () => {
    expect(await page.status()).toMatchObject({
      missing: [],
      url: rocket.url,
      apiUrl: null,
      server: { version: '8.9', mode: 'oauth' },
      active: null,
      lastApply: null,
    });
    const planned = await page.run({ kind: 'plan' });
    expect(planned).toMatchObject({
      kind: 'plan',
      state: 'done',
      origin: 'page',
      startedBy: 'owner',
      steps: [],
      failure: null,
    });
    expect(planned.result?.kind === 'plan' && planned.result.plan.differences.length).toBeGreaterThan(30);
    expect(rocket.writes).toEqual([]);

    const applied = await page.run({ kind: 'apply' });
    expect(applied.state).toBe('done');
    expect(applied.steps.map(({ id, state }) => [id, state]).slice(0, 3)).toEqual([
      ['settings', 'done'],
      ['permissions', 'done'],
      ['channels', 'done'],
    ]);
    expect(applied.steps.every(({ changes, finishedAt }) => changes > 0 && finishedAt !== null)).toBe(true);
    const text = JSON.stringify([planned, applied]);
    expect(text).not.toContain(String(rocket.setting('Accounts_OAuth_Custom-Besedka-secret')));
    expect(text).not.toContain(ADMIN.password);

    expect(await page.status()).toMatchObject({ lastApply: { id: applied.id, state: 'done' } });
    const { items } = (await owner.get<RocketChatRuns>(`${RUNS_BASE}/runs`)).json;
    expect(items.map(({ kind, state }) => [kind, state])).toEqual([
      ['apply', 'done'],
      ['plan', 'done'],
    ]);
    expect(items[1]?.count).toBe(planned.result?.kind === 'plan' ? planned.result.plan.differences.length : -1);
  });

  it('runs one at a time in the whole installation; the second is told which one', async () => {
    // The page's state asks Rocket.Chat as well, so it is asked for last, and the run takes longer than that.
    const release = rocket.faults.order({ name: 'latency', ms: 5_000, route: '/api/info' });
    const first = await owner.post<RocketChatRun>(`${RUNS_BASE}/runs`, { kind: 'plan' });
    const second = await owner.post<{ code: string; data: object }>(`${RUNS_BASE}/runs`, { kind: 'apply' });
    expect([second.status, second.json.code, second.json.data]).toEqual([
      409,
      'rocketchat_run_active',
      { id: first.json.id, kind: 'plan' },
    ]);
    // Another process of the same installation.
    const elsewhere = new RunsRepository(app.get(Database));
    expect(
      await elsewhere.begin(
        { id: newId(), kind: 'apply', origin: 'portal', startedBy: null, backupId: null, file: null },
        60,
      ),
    ).toBe(false);
    expect((await page.status()).active).toMatchObject({ id: first.json.id, state: 'running' });
    release();
    expect((await page.ended(first.json.id)).state).toBe('done');
  });

  it('a run whose process died is shown as interrupted, with its last step, and another may begin', async () => {
    const died = new RunsRepository(app.get(Database));
    const id = newId();
    expect(
      await died.begin({ id, kind: 'apply', origin: 'page', startedBy: 'owner', backupId: null, file: null }, 60),
    ).toBe(true);
    const step = {
      id: 'channels',
      state: 'running',
      changes: 3,
      startedAt: new Date().toISOString(),
      finishedAt: null,
    };
    await died.hold(id, [{ ...step, state: 'running' }], 60);
    expect((await owner.post(`${RUNS_BASE}/runs`, { kind: 'plan' })).status).toBe(409);
    // Its lease has run out.
    await app
      .get(Database)
      .execute(`UPDATE rocketchat_runs SET lease_until = now() - interval '1 s' WHERE id = $1`, [id]);
    const { json } = await owner.get<RocketChatRun>(`${RUNS_BASE}/runs/${id}`);
    expect(json).toMatchObject({
      state: 'interrupted',
      steps: [{ id: 'channels', state: 'interrupted' }],
      result: null,
    });
    expect((await page.run({ kind: 'apply' })).state).toBe('done');
  });

  it('a stop of the server interrupts what it was doing, at once', async () => {
    const other = await createTestApp({
      databaseUrl: app.databaseUrl,
      env: {
        ...portalEnv(rocket),
      },
    });
    let id: string;
    try {
      rocket.faults.order({ name: 'hang', route: '/api/info' });
      const there = await signIn(other, 'owner');
      const begun = await there.post<RocketChatRun>(`${RUNS_BASE}/runs`, { kind: 'plan' });
      ({ id } = begun.json);
      // Progress is seen by the other process.
      expect((await owner.get<RocketChatRun>(`${RUNS_BASE}/runs/${id}`)).json.state).toBe('running');
    } finally {
      await other.close();
    }
    expect((await owner.get<RocketChatRun>(`${RUNS_BASE}/runs/${id}`)).json.state).toBe('interrupted');
    rocket.faults.clear();
    expect((await page.run({ kind: 'plan' })).state).toBe('done');
  });

  it.each([
    ['unreachable', { name: 'outage' } as const, 'unreachable'],
    ['a page of a proxy', { name: 'proxy-page', status: 200 } as const, 'unexpected-answer'],
    ['a server that fails', { name: 'server-error' } as const, 'unavailable'],
  ])(
    'says why it failed: %s',
    async (_what, fault, kind) => {
      rocket.faults.order(fault);
      const failed = await page.run({ kind: 'plan' });
      expect(failed).toMatchObject({ state: 'failed', result: null, failure: { kind } });
      expect(failed.failure?.sentence).toMatch(/^[^\n]+\.? \(/);
      expect(await page.status()).toMatchObject({ server: null, failure: { kind } });
    },
    60_000,
  );

  it('a restore or a rollback wants its plan first', async () => {
    for (const kind of ['restore', 'rollback']) {
      const answer = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind, planId: newId() });
      expect([answer.status, answer.json.code]).toEqual([409, 'rocketchat_plan_needed']);
    }
    const answer = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind: 'restore' });
    expect([answer.status, answer.json.code]).toEqual([400, 'validation_failed']);
  });

  it('is for who may manage Rocket.Chat, and no one else', async () => {
    const admin = await signIn(app, 'admin');
    for (const path of [RUNS_BASE, `${RUNS_BASE}/runs`, `${RUNS_BASE}/runs/${newId()}`])
      expect((await admin.get(path)).status).toBe(403);
    expect((await admin.post(`${RUNS_BASE}/runs`, { kind: 'plan' })).status).toBe(403);
    expect((await owner.get(`${RUNS_BASE}/runs/${newId()}`)).status).toBe(404);
  });
});

describe('runs that prove, keep and take back', () => {
  let rocket: RocketChatDouble;
  let app: TestApp;
  let owner: HttpClient;
  let page: RunsPage;
  beforeAll(async () => {
    // Each run signs in anew, more often than people let them run.
    rocket = await startServer({ limiter: false });
    // Rocket.Chat itself asks the portal, when somebody signs in.
    app = await createTestApp({
      ownAddress: true,
      env: {
        ...portalEnv(rocket),
      },
    });
    owner = await signIn(app, 'owner');
    page = new RunsPage(owner);
  });
  afterAll(async () => {
    await closeTestApp(app);
    await rocket.close();
  });

  const backups = async () => (await owner.get<RocketChatBackupEntries>(`${RUNS_BASE}/backups`)).json.items;

  it('an apply that would hand an admin there to somebody here is refused by its own name, and leaves nothing written', async () => {
    const namesake = rocket.make.user('owner', { name: 'Somebody Else', roles: ['admin'] });
    const refused = await page.run({ kind: 'apply' });
    namesake.username = 'admin.of.theirs';
    expect(refused).toMatchObject({
      ...{ state: 'failed', steps: [], result: null },
      failure: { kind: 'takeover', facts: { username: 'owner' } },
    });
    expect(refused.failure?.sentence).toMatch(/^The portal's account owner would become the Rocket\.Chat admin/);
    expect(rocket.writes).toEqual([]);
    expect(await page.status()).toMatchObject({ lastApply: { id: refused.id, state: 'failed' }, canRollBack: false });
  });

  it('F30 backs up, applies, verifies, and rolls back after a plan; the same plan is carried out once', async () => {
    expect(await page.status()).toMatchObject({ canRollBack: false, drift: null });
    const kept = await page.run({ kind: 'backup' });
    expect(kept.result).toMatchObject({ kind: 'backup', backup: { id: kept.id, reason: 'manual' } });

    expect((await page.run({ kind: 'apply' })).state).toBe('done');
    expect(await page.status()).toMatchObject({ canRollBack: true, drift: { differences: [] } });
    expect((await backups()).map(({ reason }) => reason)).toEqual(['apply', 'manual']);
    const verified = await page.run({ kind: 'verify' });
    expect(verified).toMatchObject({ state: 'done', result: { verification: { ok: true } } });
    expect(verified.steps.map(({ id }) => id)).toEqual([...ROCKETCHAT_VERIFY_CHECKS]);
    expect((await page.status()).lastVerify).toMatchObject({ count: 0 });

    const plan = await page.run({ kind: 'rollback-plan' });
    const planned = plan.result?.kind === 'rollback-plan' ? plan.result.restorePlan.differences : [];
    expect(planned.map(({ id }) => id)).toContain('Unread_Count');
    expect(rocket.setting('Unread_Count')).toBe('all_messages');
    const back = await page.run({ kind: 'rollback', planId: plan.id });
    expect(back).toMatchObject({ state: 'done', failure: null });
    expect(rocket.setting('Unread_Count')).toBe('user_and_group_mentions_only');
    expect((await page.status()).drift?.differences.length).toBeGreaterThan(10);
    const twice = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind: 'rollback', planId: plan.id });
    expect([twice.status, twice.json.code]).toEqual([409, 'rocketchat_plan_needed']);
  }, 90_000);

  it('F05 restores from a kept backup and from a file; a plan of another kind does not do', async () => {
    await page.run({ kind: 'apply' });
    const made = await page.run({ kind: 'backup' });
    rocket.set('Unread_Count', 'user_mentions_only');
    const plan = await page.run({ kind: 'restore-plan', backupId: made.id });
    expect(plan).toMatchObject({
      backupId: made.id,
      result: { restorePlan: { differences: [{ id: 'Unread_Count' }] } },
    });
    const wrong = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind: 'rollback', planId: plan.id });
    expect([wrong.status, wrong.json.code]).toEqual([409, 'rocketchat_plan_needed']);
    expect(await page.run({ kind: 'restore', planId: plan.id })).toMatchObject({ state: 'done', backupId: made.id });
    expect(rocket.setting('Unread_Count')).toBe('all_messages');

    const download = await owner.get<RocketChatBackupFile>(`${RUNS_BASE}/backups/${made.id}/file`);
    expect(download.headers.get('content-disposition')).toMatch(/^attachment; filename="rocketchat-[\d-]{16}\.json"$/);
    expect(download.text).not.toContain(String(rocket.setting('Accounts_OAuth_Custom-Besedka-secret')));
    rocket.set('Unread_Count', 'user_mentions_only');
    const form = new FormData();
    form.append('file', new Blob([download.text], { type: 'application/json' }), 'backup.json');
    const uploaded = await owner.post<RocketChatRun>(`${RUNS_BASE}/backups/plan`, undefined, { body: form });
    expect(uploaded.status).toBe(202);
    const planned = await page.ended(uploaded.json.id);
    expect(planned).toMatchObject({
      backupId: null,
      result: { restorePlan: { differences: [{ id: 'Unread_Count' }] } },
    });
    expect((await page.run({ kind: 'restore', planId: planned.id })).state).toBe('done');
    expect(rocket.setting('Unread_Count')).toBe('all_messages');
  }, 90_000);

  it.each([['no JSON at all'], ['{"format":"something-else"}']])('refuses %s as a backup', async (content) => {
    const form = new FormData();
    form.append('file', new Blob([content]), 'backup.json');
    const answer = await owner.post<{ code: string }>(`${RUNS_BASE}/backups/plan`, undefined, { body: form });
    expect([answer.status, answer.json.code]).toEqual([400, 'rocketchat_backup_invalid']);
  });

  it('gives backups to nobody else', async () => {
    const admin = await signIn(app, 'admin');
    expect((await admin.get(`${RUNS_BASE}/backups`)).status).toBe(403);
    expect((await admin.get(`${RUNS_BASE}/backups/${newId()}/file`)).status).toBe(403);
    expect((await owner.get(`${RUNS_BASE}/backups/${newId()}/file`)).status).toBe(404);
    const missing = await owner.post(`${RUNS_BASE}/runs`, { kind: 'restore-plan', backupId: newId() });
    expect(missing.status).toBe(404);
  });
});

describe('the Integration page without a Rocket.Chat', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  it('names what is to be set, and runs nothing', async () => {
    const owner = await signIn(app, 'owner');
    const { json } = await owner.get<RocketChatStatus>(RUNS_BASE);
    expect(json).toMatchObject({
      missing: ['ROCKETCHAT_URL', 'ROCKETCHAT_ADMIN'],
      url: null,
      server: null,
      failure: null,
    });
    const answer = await owner.post<{ code: string }>(`${RUNS_BASE}/runs`, { kind: 'plan' });
    expect([answer.status, answer.json.code]).toEqual([409, 'rocketchat_not_configured']);
  });
});
