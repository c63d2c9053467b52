import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DoctorCause, DoctorCheck, DoctorLine, DoctorReport, RocketChatStatus } from '@besedka/contracts';
import type { Fault, RocketChatDouble } from '@besedka/rocketchat/testing';
import { RocketChatClient } from '@besedka/rocketchat';
import type { Env } from '../../../src/config/env-fields.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { checkDisk } from '../../../src/modules/rocketchat-bridge/doctor/disk-check.js';
import { ChecksService } from '../../../src/modules/rocketchat-bridge/checks/checks.service.js';
import { examine } from '../../../src/modules/rocketchat-bridge/doctor/doctor.js';
import type { Patient } from '../../../src/modules/rocketchat-bridge/doctor/patient.js';
import { IMPATIENT, strangerAt } from '../../../src/modules/rocketchat-bridge/doctor/rocketchat-checks.js';
import { signIn } from '../../support/accounts/accounts.js';
import { startMongoGreeter } from '../../support/rocketchat/mongo-greeter.js';
import { ADMIN, portalEnv, startServer } from '../../support/rocketchat/bridge.js';
import { startChatPortal } from '../../support/rocketchat/portal.js';
import { RUNS_BASE } from '../../support/rocketchat/runs-page.js';
import { startCommand } from '../../support/rocketchat/cli.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js');
const TOKEN_SECRET = 'the-secret-of-create-tokens';
const dataDir = mkdtempSync(join(tmpdir(), 'besedka-doctor-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const line = (report: DoctorReport, check: DoctorCheck): DoctorLine | undefined =>
  report.lines.find((one) => one.check === check);
/** `check: cause` of everything that is not well. */
const complaints = ({ lines }: DoctorReport): string[] =>
  lines.flatMap(({ check, cause }) => (cause === null || cause === 'not_asked' ? [] : [`${check}: ${cause}`]));

describe('the doctor', () => {
  let database: { url: string; drop(): Promise<void> };
  let rocket: RocketChatDouble;
  beforeAll(async () => {
    database = await createTestDatabase();
    // Every look signs in anew.
    rocket = await startServer({ limiter: false, env: { CREATE_TOKENS_FOR_USERS_SECRET: TOKEN_SECRET } });
  });
  afterAll(async () => {
    await rocket.close();
    await database.drop();
  });
  afterEach(() => rocket.faults.clear());

  /** Looks, as the command line does while no server runs. */
  async function look(env: Env = {}, more: Partial<Patient> = {}): Promise<DoctorReport> {
    const config = loadConfig({
      BESEDKA_MODE: 'local',
      BESEDKA_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      PORT: '0',
      PUBLIC_URL: 'http://127.0.0.1:1',
      ...portalEnv(rocket),
      ...env,
    });
    const { apiUrl, admin } = config.rocketChat;
    const stranger = apiUrl === null ? null : strangerAt(apiUrl);
    const account =
      apiUrl === null || admin === null
        ? null
        : new RocketChatClient({ baseUrl: apiUrl, credentials: admin, ...IMPATIENT });
    try {
      return await examine({
        ...{ config, files: config.build, running: config.build },
        ...{ stranger, admin: account, observe: null, databaseTrouble: null },
        ...more,
      });
    } finally {
      stranger?.close();
      account?.close();
    }
  }

  it('finds everything well, and says what it is', async () => {
    rocket.set('Site_Url', rocket.url);
    const report = await look();
    // Nobody serves the public address of this test.
    expect(complaints(report)).toEqual(['public-address: public_unreachable']);
    expect(report.state).toBe('warning');
    expect(line(report, 'postgres')?.facts['version']).toMatch(/^\d+/);
    expect(line(report, 'rocketchat')).toMatchObject({ state: 'ok', facts: { version: '8.9' } });
    expect(line(report, 'admin-account')).toMatchObject({ state: 'ok', facts: { account: ADMIN.username } });
    expect(line(report, 'redis')?.state).toBe('off');
    expect(line(report, 'mongo')?.state).toBe('off');
    expect(JSON.stringify(report)).not.toContain(ADMIN.password);
  });

  it.each<[string, Fault, DoctorCheck, DoctorCause]>([
    ['an outage', { name: 'outage' }, 'rocketchat', 'rocketchat_unreachable'],
    ['a hanging server', { name: 'hang', route: '/api/info' }, 'rocketchat', 'rocketchat_unreachable'],
    ['a page of a proxy in its place', { name: 'proxy-page', status: 200 }, 'rocketchat', 'rocketchat_not_rocketchat'],
    ['a proxy whose server is away', { name: 'proxy-page', status: 502 }, 'rocketchat', 'rocketchat_failing'],
    ['a server that fails', { name: 'server-error' }, 'rocketchat', 'rocketchat_failing'],
    ['a server that is not ready', { name: 'unready' }, 'rocketchat-ready', 'rocketchat_unready'],
    ['an unknown version', { name: 'version', version: '11.0.0' }, 'rocketchat-version', 'version_unknown'],
    ['a version with a known fault', { name: 'version', version: '8.2.0' }, 'rocketchat-version', 'version_broken'],
    ['a clock that is ahead', { name: 'clock-skew', ms: 180_000 }, 'clock', 'clock_skew'],
    ['a clock that is behind', { name: 'clock-skew', ms: -180_000 }, 'clock', 'clock_skew'],
    ['a clock that drifts', { name: 'clock-skew', ms: 20_000 }, 'clock', 'clock_drift'],
    ['F04 a wizard that came back', { name: 'wizard-reset' }, 'wizard', 'wizard_open'],
    ['F13 an account that is asked for a code', { name: 'two-factor-invalid' }, 'admin-account', 'admin_second_factor'],
    [
      'an account without its rights',
      { name: 'missing-permission', permission: 'view-privileged-setting' },
      'admin-account',
      'admin_no_admin',
    ],
  ])('names %s', async (_what, fault, check, cause) => {
    if (fault.name === 'two-factor-invalid') {
      const admin = [...rocket.state.users.values()].find(({ username }) => username === ADMIN.username);
      if (admin) admin.services.totp = { enabled: true, code: '123456' };
    }
    rocket.faults.order(fault);
    const report = await look();
    for (const user of rocket.state.users.values()) delete user.services.totp;
    expect(line(report, check)).toMatchObject({ cause });
    expect(line(report, check)?.state).not.toBe('ok');
  });

  it('a server that is away: what starts it, or which variable is wrong', async () => {
    const away = { ROCKETCHAT_URL: 'http://127.0.0.1:1' };
    expect(line(await look(away), 'rocketchat')).toMatchObject({
      facts: { address: 'http://127.0.0.1:1', setting: 'ROCKETCHAT_URL' },
      command: 'docker compose -f docker-compose.local.yml up -d rocketchat',
    });
    const inside = await look({ ...away, ROCKETCHAT_API_URL: 'http://127.0.0.1:2' });
    expect(line(inside, 'rocketchat')?.facts).toMatchObject({ setting: 'ROCKETCHAT_API_URL' });
  });

  it('a token secret that is missing, refused, or fits; no session is left behind', async () => {
    const mode = { ROCKETCHAT_MODE: 'iframe-token' };
    const command = 'ROCKETCHAT_TOKEN_SECRET, CREATE_TOKENS_FOR_USERS_SECRET';
    const secretLine = async (env: Env) => line(await look(env), 'token-secret');
    expect(await secretLine({})).toMatchObject({ state: 'off' });
    expect(await secretLine(mode)).toMatchObject({ state: 'wrong', cause: 'token_secret_missing', command });
    expect(await secretLine({ ...mode, ROCKETCHAT_URL: 'http://127.0.0.1:1' })).toMatchObject({
      cause: 'token_secret_missing',
    });
    expect(await secretLine({ ...mode, ROCKETCHAT_TOKEN_SECRET: 'another-one' })).toMatchObject({
      ...{ state: 'wrong', cause: 'token_secret_wrong', command },
    });
    const sessions = () =>
      [...rocket.state.users.values()].flatMap(({ services }) => services.resume?.loginTokens ?? []).length;
    // Each look signs in once.
    const before = sessions();
    expect(await secretLine({ ...mode, ROCKETCHAT_TOKEN_SECRET: TOKEN_SECRET })).toMatchObject({ state: 'ok' });
    expect(sessions()).toBe(before + 1);
  });

  it('F04 says what closes the wizard for good', async () => {
    rocket.faults.order({ name: 'wizard-reset' });
    expect(line(await look(), 'wizard')?.command).toBe('OVERWRITE_SETTING_Show_Setup_Wizard=completed');
  });

  it.each<[string, Env, string]>([
    ['a wrong password', { ROCKETCHAT_ADMIN_PASSWORD: 'wrong' }, 'admin-account: admin_refused'],
    ['no account', { ROCKETCHAT_ADMIN_USER: '', ROCKETCHAT_ADMIN_PASSWORD: '' }, 'admin-account: admin_missing'],
    ['two sites', { ROCKETCHAT_URL: 'http://localhost:1' }, 'same-site: different_site'],
    ['plain http beside https', { PUBLIC_URL: 'https://portal.example.org' }, 'rocketchat-address: address_insecure'],
    ['a database that is away', { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none' }, 'postgres: postgres_unreachable'],
    [
      'an address that only browsers reach',
      { ROCKETCHAT_URL: 'http://127.0.0.1:1', ROCKETCHAT_API_URL: 'rocket' },
      'rocketchat-address: address_unreachable',
    ],
  ])('names %s', async (_what, env, complaint) => {
    const api = env['ROCKETCHAT_API_URL'] === 'rocket' ? { ROCKETCHAT_API_URL: rocket.url } : {};
    expect(complaints(await look({ ...env, ...api }))).toContain(complaint);
  });

  it('F13 asks a wrong password once, so that it locks nobody out', async () => {
    rocket.calls.length = 0;
    await look({ ROCKETCHAT_ADMIN_PASSWORD: 'wrong' });
    expect(rocket.calls.filter(({ path }) => path === '/api/v1/login')).toHaveLength(1);
  });

  it('F11 names a site URL that is another, and the command that mends it', async () => {
    rocket.set('Site_Url', 'http://localhost:3000');
    expect(line(await look(), 'rocketchat-address')).toMatchObject({
      cause: 'address_differs',
      facts: { site: 'http://localhost:3000', address: rocket.url },
      command: 'npm run besedka -- rocketchat apply',
    });
    rocket.set('Site_Url', rocket.url);
  });

  it('9.x with custom OAuth wants a licence, and is told the way out', async () => {
    const nine = await startServer({ profile: '9.0' });
    try {
      const report = await look({ ROCKETCHAT_URL: nine.url, ROCKETCHAT_MODE: 'oauth' });
      expect(line(report, 'rocketchat-version')).toMatchObject({
        cause: 'version_needs_licence',
        command: 'ROCKETCHAT_MODE=iframe-token',
      });
    } finally {
      await nine.close();
    }
  });

  it('F16 names tables of another build, and a database that refuses us', async () => {
    const other = await createTestDatabase();
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: other.url });
    await client.connect();
    try {
      await client.query(`INSERT INTO migrations (timestamp, name) VALUES (9, 'FromTomorrow9')`);
      expect(line(await look({ DATABASE_URL: other.url }), 'migrations')?.cause).toBe('migrations_unknown');
      await client.query(`DELETE FROM migrations WHERE name IN ('FromTomorrow9', (SELECT max(name) FROM migrations))`);
      expect(line(await look({ DATABASE_URL: other.url }), 'migrations')?.cause).toBe('migrations_pending');
      await client.query('DROP TABLE migrations');
      expect(line(await look({ DATABASE_URL: other.url }), 'migrations')?.cause).toBe('migrations_none');
    } finally {
      await client.end();
      await other.drop();
    }
    const nowhere = new URL(database.url);
    nowhere.pathname = '/there-is-no-such-database';
    expect(line(await look({ DATABASE_URL: nowhere.href }), 'postgres')).toMatchObject({
      cause: 'postgres_refused',
      facts: { what: 'database' },
    });
  });

  it('F22 an old process is told by its commit, here and at the public address', async () => {
    const old = (commit: string) => ({
      name: 'besedka',
      version: '0.1.0',
      commit,
      startedAt: '2026-01-01T00:00:00Z',
      node: 'v20',
    });
    const server = await listening(JSON.stringify({ ...old('0'.repeat(40)) }));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const files = { version: '0.1.0', commit: 'f'.repeat(40) };
      const here = await look({ PORT: new URL(address).port }, { files, running: null });
      expect(line(here, 'app')).toMatchObject({
        cause: 'app_other_build',
        facts: { running: '0.1.0 (0000000000)', files: '0.1.0 (ffffffffff)' },
        command: 'npm start',
      });
      const outside = await look({ PUBLIC_URL: address }, { files, running: files });
      expect(line(outside, 'app')?.state).toBe('ok');
      expect(line(outside, 'public-address')?.cause).toBe('public_other_build');
    } finally {
      server.close();
    }
  });

  it('a port that another program has, and one that nobody has', async () => {
    const server = await listening('<h1>Somebody else</h1>');
    const { port } = server.address() as AddressInfo;
    expect(line(await look({ PORT: String(port) }, { running: null }), 'app')?.cause).toBe('app_not_besedka');
    server.close();
    server.closeAllConnections();
    expect(line(await look({ PORT: String(port) }, { running: null }), 'app')?.cause).toBe('app_not_running');
  });

  it.each([
    [
      'a MongoDB that runs alone',
      { isWritablePrimary: true },
      'mongo_no_replica_set',
      { how: 'standalone' },
      /^mongosh --eval 'rs\.initiate\(\{_id: "rs0", members: \[\{_id: 0, host: "127\.0\.0\.1:\d+"\}\]\}\)'$/,
    ],
    [
      'a replica set that was never initiated',
      { isWritablePrimary: false, secondary: false, isreplicaset: true },
      'mongo_no_replica_set',
      { how: 'uninitiated' },
      /rs\.initiate/,
    ],
    [
      'a replica set without a primary',
      { isWritablePrimary: false, secondary: true, setName: 'rs0', hosts: ['old-name:27017'] },
      'mongo_no_primary',
      { set: 'rs0' },
      /rs\.reconfig/,
    ],
    [
      'a larger replica set without a primary',
      { isWritablePrimary: false, secondary: true, setName: 'rs0', hosts: ['a:27017', 'b:27017', 'c:27017'] },
      'mongo_no_primary',
      { set: 'rs0' },
      /rs\.status/,
    ],
  ])('F06 names %s, and the command that mends it', async (_what, hello, cause, facts, command) => {
    const mongo = await startMongoGreeter(hello);
    try {
      const report = await look({ ROCKETCHAT_MONGO_URL: `mongodb://${mongo.host}/rocketchat?replicaSet=rs0` });
      expect(line(report, 'mongo')).toMatchObject({ state: 'wrong', cause, facts });
      expect(line(report, 'mongo')?.command).toMatch(command);
    } finally {
      mongo.close();
    }
  });

  it('F06 names a MongoDB that is away, and never its password', async () => {
    const report = await look({ ROCKETCHAT_MONGO_URL: 'mongodb://reader:sesame@127.0.0.1:1/rocketchat' });
    expect(line(report, 'mongo')).toMatchObject({ cause: 'mongo_unreachable', facts: { hosts: '127.0.0.1:1' } });
    expect(JSON.stringify(report)).not.toContain('sesame');
  });

  it.each([
    [100 * 1024 ** 2, 'disk_full'],
    [900 * 1024 ** 2, 'disk_low'],
    [9 * 1024 ** 3, null],
  ])('a disk with %d bytes left', async (free, cause) => {
    expect(await checkDisk(dataDir, () => Promise.resolve({ free, total: 99 * 1024 ** 3 }))).toMatchObject({ cause });
  });

  it('a data folder that is not there', async () => {
    expect(await checkDisk(join(dataDir, 'nowhere'))).toMatchObject({ cause: 'disk_unreadable' });
  });

  async function listening(body: string): Promise<Server> {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    return server;
  }

  describe('on the command line', () => {
    beforeAll(() => {
      if (!existsSync(CLI)) throw new Error('the API is not built: npm run build');
    });

    async function doctor(args: readonly string[], env: Record<string, string> = {}) {
      const child = spawn(process.execPath, [CLI, 'doctor', ...args], {
        env: {
          PATH: process.env['PATH'],
          SystemRoot: process.env['SystemRoot'],
          BESEDKA_MODE: 'local',
          BESEDKA_DATA_DIR: dataDir,
          DATABASE_URL: database.url,
          PORT: '0',
          PUBLIC_URL: 'http://127.0.0.1:1',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
      const code = await new Promise<number | null>((done) => child.on('close', done));
      return { code, out };
    }
    const withRocket = () => ({
      ...portalEnv(rocket),
    });

    it('does not call a server well that was not set up, or that somebody changed by hand', async () => {
      const fresh = await doctor([], withRocket());
      expect(fresh.out).toMatch(
        /^WRONG +Sign-in from the portal +Rocket\.Chat does not know the portal: nobody can sign in\n +→ npm run besedka -- rocketchat apply$/m,
      );
      expect(fresh.out).toMatch(/^WRONG +Channels +not there: /m);
      expect([fresh.code, fresh.out.includes('All is well')]).toEqual([2, false]);

      const applied = await startCommand(['apply'], {
        ...{ BESEDKA_DATA_DIR: dataDir, DATABASE_URL: database.url, PORT: '0', PUBLIC_URL: 'http://127.0.0.1:1' },
        ...withRocket(),
      }).ended;
      expect(applied.code).toBe(0);
      const provider = 'Accounts_OAuth_Custom-Besedka';
      rocket.set(provider, false);
      rocket.set('Iframe_Restrict_Access', true);
      rocket.settle();
      const broken = await doctor(['--json'], withRocket());
      expect(broken.code).toBe(2);
      expect(complaints(JSON.parse(broken.out) as DoctorReport)).toEqual([
        'public-address: public_unreachable',
        'sign-in: provider_disabled',
        'frame: frame_forbidden_by_header',
      ]);
      rocket.set(provider, true);
      rocket.set('Iframe_Restrict_Access', false);
      rocket.settle();
    }, 60_000);

    it('ends with 0 when nothing is wrong, warnings or not, and leaves no session behind', async () => {
      const tokens = () =>
        [...rocket.state.users.values()].flatMap(({ services }) => services.resume?.loginTokens ?? []);
      const before = tokens().length;
      const { code, out } = await doctor([], withRocket());
      expect(out).toMatch(/^ok +PostgreSQL +\d+/m);
      expect(out).toMatch(/^warning +Portal at its public address +PUBLIC_URL/m);
      expect(out).toMatch(/\nEverything works; look at the warnings\.\n$/);
      expect(code).toBe(0);
      expect(tokens()).toHaveLength(before);
    }, 60_000);

    it('ends with 2 when something is wrong, names it and what mends it, as text and as JSON', async () => {
      rocket.faults.order({ name: 'wizard-reset' });
      const text = await doctor([], withRocket());
      expect(text.code).toBe(2);
      expect(text.out).toMatch(
        /^WRONG +Set-up wizard +the wizard waits[^\n]+\n +→ OVERWRITE_SETTING_Show_Setup_Wizard=completed$/m,
      );
      const json = await doctor(['--json'], withRocket());
      expect(json.code).toBe(2);
      expect(line(JSON.parse(json.out) as DoctorReport, 'wizard')).toMatchObject({ cause: 'wizard_open' });
    }, 60_000);

    it('works while everything is down, and when the settings are wrong', async () => {
      const down = await doctor(['--json'], {
        ...withRocket(),
        ROCKETCHAT_URL: 'http://127.0.0.1:1',
        DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none',
        PORT: '1',
      });
      expect([down.code, complaints(JSON.parse(down.out) as DoctorReport)]).toEqual([
        2,
        ['app: app_not_running', 'postgres: postgres_unreachable', 'rocketchat: rocketchat_unreachable'],
      ]);
      const wrong = await doctor([], { PORT: 'eighty' });
      expect([wrong.code, wrong.out]).toEqual([
        2,
        expect.stringMatching(/^WRONG +Settings +Wrong settings: PORT must be/),
      ]);
      expect((await doctor(['--what'])).code).toBe(64);
    }, 60_000);
  });
});

describe('the doctor on the Integration page', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  it('looks from inside the server, for who may manage Rocket.Chat', async () => {
    const owner = await signIn(app, 'owner');
    const { status, json } = await owner.get<DoctorReport>('/api/v1/admin/doctor');
    expect(status).toBe(200);
    expect(line(json, 'app')).toMatchObject({ state: 'ok' });
    expect(line(json, 'postgres')?.state).toBe('ok');
    expect(line(json, 'rocketchat')?.state).toBe('off');
    expect((await (await signIn(app, 'admin')).get('/api/v1/admin/doctor')).status).toBe(403);
  });

  it('names what keeps people out, and so does the state of the page, which asks Rocket.Chat now and then only', async () => {
    const portal = await startChatPortal({ ROCKETCHAT_MODE: 'oauth' }, { limiter: false });
    try {
      const owner = await signIn(portal.app, 'owner');
      const { server } = portal;
      const checks = portal.app.get(ChecksService) as unknown as { last: null };
      const found = async (): Promise<[DoctorReport, RocketChatStatus['findings']]> => {
        checks.last = null;
        const { findings } = (await owner.get<RocketChatStatus>(RUNS_BASE)).json;
        return [(await owner.get<DoctorReport>('/api/v1/admin/doctor')).json, findings];
      };
      const [well, none] = await found();
      expect(complaints(well).filter((one) => /^(sign-in|frame|channels|admin-account):/.test(one))).toEqual([]);
      expect(['sign-in', 'frame', 'channels'].map((check) => line(well, check as DoctorCheck)?.state)).toEqual([
        ...['ok', 'ok', 'ok'],
      ]);
      expect(none).toEqual([]);

      server.set('Accounts_OAuth_Custom-Besedka', false);
      server.set('Iframe_Integration_send_target_origin', 'https://elsewhere.example');
      server.settle();
      const [ill, findings] = await found();
      expect(line(ill, 'sign-in')).toMatchObject({
        ...{ state: 'wrong', cause: 'provider_disabled', command: 'npm run besedka -- rocketchat apply' },
      });
      expect(line(ill, 'frame')).toMatchObject({
        cause: 'events_wrong_origin',
        facts: { value: 'https://elsewhere.example', expected: portal.app.url },
      });
      expect(ill.state).toBe('wrong');
      expect(findings.map(({ cause, remedy }) => [cause, remedy])).toEqual([
        ['provider_disabled', 'apply'],
        ['events_wrong_origin', 'apply'],
      ]);

      server.calls.length = 0;
      for (let n = 0; n < 5; n += 1) await owner.get(RUNS_BASE);
      expect(server.calls.filter(({ path }) => path === '/home')).toEqual([]);
    } finally {
      await portal.close();
    }
  }, 60_000);
});
