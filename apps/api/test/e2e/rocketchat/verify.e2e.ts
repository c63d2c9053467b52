import { rocketChatVerification, type RocketChatVerification } from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { systemContext } from '../../../src/common/context/request-context.js';
import { VerificationService } from '../../../src/modules/rocketchat-bridge/verify/verification.service.js';
import { ADMIN, type Bridge, openBridge, portalEnv, startServer } from '../../support/rocketchat/bridge.js';
import { dyingAfter } from '../../support/rocketchat/killed.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';
const TOKEN_SECRET = 'the-secret-of-create-tokens';
const OAUTH = 'Accounts_OAuth_Custom-Besedka';

describe.each([
  ['8.9', 'oauth'],
  ['7.x', 'oauth'],
  ['9.0', 'iframe-token'],
] as const)('rocketchat verify on %s (%s)', (profile, mode) => {
  let server: RocketChatDouble;
  let portal: TestApp;
  let besedka: Bridge;
  beforeAll(async () => {
    server = await startServer({ profile, limiter: false, env: { CREATE_TOKENS_FOR_USERS_SECRET: TOKEN_SECRET } });
    const env = {
      AUTH_SECRET: SECRET,
      ...portalEnv(server),
      ROCKETCHAT_TOKEN_SECRET: TOKEN_SECRET,
    };
    portal = await createTestApp({ ownAddress: true, env });
    besedka = await openBridge(server, { ...env, DATABASE_URL: portal.databaseUrl, PUBLIC_URL: portal.url });
    await besedka.apply();
  });
  afterAll(async () => {
    await besedka.close();
    await closeTestApp(portal);
    await server.close();
  });
  afterEach(() => {
    server.faults.clear();
    besedka.talk = {};
  });

  const verify = (patienceMs = 20_000): Promise<RocketChatVerification> =>
    besedka.get(VerificationService).verify(systemContext('test'), { patienceMs });
  const failed = ({ checks }: RocketChatVerification) =>
    Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ id, cause }) => [id, cause]));
  /** Names of what a run has left, on both sides. */
  async function left(): Promise<string[]> {
    const rows = await besedka.sql<{ username: string }>(
      "SELECT username FROM users WHERE username LIKE 'temp\\_verify\\_%'",
    );
    return [
      ...rows.map(({ username }) => `here ${username}`),
      ...[...server.state.users.values()].flatMap(({ username }) =>
        username?.startsWith('temp_verify_') ? [`there ${username}`] : [],
      ),
      ...[...server.state.rooms.values()].flatMap(({ name }) => (name?.startsWith('temp_') ? [`room ${name}`] : [])),
    ];
  }

  it('F02 F12 a person signs in through the whole flow, is in their channels, gets a number, and is signed out', async () => {
    const steps: string[] = [];
    const verified = await besedka
      .get(VerificationService)
      .verify(systemContext('test'), { onStep: (check) => steps.push(check) });
    expect(rocketChatVerification.parse(verified)).toEqual(verified);
    expect(failed(verified)).toEqual({});
    expect(verified).toMatchObject({ ok: true, mode });
    expect(verified.checks.map(({ id }) => id)).toEqual(steps);
    expect(steps).toHaveLength(7);
    expect(verified.checks.find(({ id }) => id === 'in-channels')?.facts).toEqual({ channels: 'Общий чат' });
    expect(await left()).toEqual([]);
    expect(await besedka.sql("SELECT facts FROM audit_log WHERE key = 'rocketchat.verified'")).toEqual([
      { facts: { failed: [] } },
    ]);
  });

  it('F09 the real header is read, not the setting', async () => {
    server.faults.order({ name: 'x-frame-options', value: 'sameorigin' });
    const byHeader = await verify();
    expect(failed(byHeader)).toEqual({ 'frame-allowed': 'frame_forbidden_by_header' });
    expect(byHeader.checks[1]?.facts).toEqual({ header: 'X-Frame-Options: sameorigin' });
    server.faults.clear();
    server.faults.order({ name: 'content-security-policy', value: "frame-ancestors 'self' https://elsewhere.example" });
    expect(failed(await verify())).toEqual({ 'frame-allowed': 'frame_forbidden_by_policy' });
  });

  it('a number that does not rise, and a session that does not end, are found out', async () => {
    server.set('Unread_Count', 'user_mentions_only');
    expect(failed(await verify(500))).toEqual({ 'unread-rises': 'unread_unchanged' });
    server.set('Unread_Count', 'all_messages');
    if (mode !== 'oauth') return;
    server.faults.order({ name: 'missing-permission', permission: 'logout-other-user' });
    expect(failed(await verify(500))).toEqual({ 'sign-out-ends': 'session_alive' });
    expect(await left()).toEqual([]);
  });

  if (mode === 'oauth') {
    it('F20 a client secret that opens nothing is named, and what needs the sign-in did not run', async () => {
      const secret = String(server.setting(`${OAUTH}-secret`));
      server.set(`${OAUTH}-secret`, 'something-else');
      server.settle();
      const verified = await verify();
      server.set(`${OAUTH}-secret`, secret);
      server.settle();
      expect(failed(verified)).toEqual({
        'signs-in': 'client_secret_wrong',
        'in-channels': 'not_run',
        'unread-rises': 'not_run',
        'sign-out-ends': 'not_run',
      });
      expect(JSON.stringify(verified)).not.toMatch(/something-else/);
      expect(await left()).toEqual([]);
    });

    it('F27 a provider that nobody is offered is named', async () => {
      server.faults.order({ name: 'oauth-provider-gone' });
      expect(failed(await verify())).toMatchObject({
        'sign-in-offered': 'provider_missing',
        'signs-in': 'provider_missing',
      });
    });
  } else {
    it('a token secret that the server does not know is named', async () => {
      server.faults.order({ name: 'wrong-token-secret' });
      expect(failed(await verify())).toMatchObject({ 'signs-in': 'token_secret_wrong', 'in-channels': 'not_run' });
      expect(await left()).toEqual([]);
    });
  }

  it('removes the account after a crash too: the next run finds what is older than an hour', async () => {
    // Dies with the account there on both sides, and with no way to clean up.
    besedka.talk = dyingAfter(2);
    const crashed = await verify(500);
    expect(crashed.ok).toBe(false);
    expect(failed(crashed)).toMatchObject({ 'cleaned-up': 'cleanup_failed' });
    expect((await left()).length).toBeGreaterThan(0);
    besedka.talk = {};
    await verify();
    expect((await left()).length).toBeGreaterThan(0);
    await besedka.sql(
      "UPDATE users SET created_at = now() - interval '2 hours' WHERE username LIKE 'temp\\_verify\\_%'",
    );
    await verify();
    expect(await left()).toEqual([]);
  });

  it('nothing secret is in the log of the portal or in the audit', async () => {
    const text = JSON.stringify([portal.logs, await besedka.sql('SELECT * FROM audit_log')]);
    const secrets = [ADMIN.password, TOKEN_SECRET, String(server.setting(`${OAUTH}-secret`))];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
