import type { RocketChatCause, RocketChatChecks } from '@besedka/contracts';
import type { FaultName, FaultTypes, RocketChatDouble } from '@besedka/rocketchat/testing';
import { ChecksService } from '../../../src/modules/rocketchat-bridge/checks/checks.service.js';
import { Observer } from '../../../src/modules/rocketchat-bridge/checks/observer.js';
import { delivered, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { ADMIN } from '../../support/rocketchat/bridge.js';
import { type ChatPortal, linkAccounts, startChatPortal } from '../../support/rocketchat/portal.js';

const PROVIDER = 'Accounts_OAuth_Custom-Besedka';

/** Something that is put wrong, and how it is put right again. */
interface Trouble {
  readonly name: string;
  readonly cause: RocketChatCause;
  readonly order: (server: RocketChatDouble) => void;
}

function fault<N extends FaultName>(
  cause: RocketChatCause,
  name: N,
  more: FaultTypes[N],
  words: string = name,
): Trouble {
  return { name: words, cause, order: (server) => void server.faults.order({ name, ...more } as never) };
}

const setting = (cause: RocketChatCause, id: string, value: string | boolean): Trouble => ({
  name: `${id} = ${JSON.stringify(value)}`,
  cause,
  order: (server) => {
    server.set(id, value);
    server.settle();
  },
});

const account = (cause: RocketChatCause, name: string, order: (server: RocketChatDouble) => void): Trouble => ({
  name,
  cause,
  order,
});

const userOf = (server: RocketChatDouble, name: string) =>
  [...server.state.users.values()].find(({ username }) => username === name)!;

/** What is the same in both modes, tried in one of them. */
const TROUBLES: readonly Trouble[] = [
  fault('unreachable', 'outage', {}),
  fault('unreachable', 'connection-reset', {}),
  fault('unreachable', 'answer-lost', {}),
  fault('unreachable', 'hang', {}),
  fault('unreachable', 'latency', { ms: 60_000 }, 'latency of a minute'),
  fault('unreachable', 'slow-body', { ms: 60_000 }),
  fault('unreachable', 'proxy-page', {}, 'proxy-page 502'),
  fault('not_rocketchat', 'proxy-page', { status: 200 }, 'proxy-page 200'),
  fault('not_rocketchat', 'proxy-page', { status: 404 }, 'proxy-page 404'),
  fault('starting', 'server-error', {}),
  fault('starting', 'unready', {}),
  fault('version_unsupported', 'version', { version: '6.5.0' }, 'version 6.5'),
  fault('version_unsupported', 'version', { version: '7.8.0' }, 'version 7.8'),
  fault('admin_refused', 'token-expired', {}),
  fault('admin_forbidden', 'missing-permission', { permission: 'view-privileged-setting' }),
  fault(
    'admin_forbidden',
    'missing-permission',
    { permission: 'logout-other-user' },
    'missing-permission, seen in the list',
  ),
  fault('clock_skew', 'clock-skew', { ms: 600_000 }, 'clock ten minutes ahead'),
  fault('clock_skew', 'clock-skew', { ms: -180_000 }, 'clock three minutes behind'),
  setting('site_url_differs', 'Site_Url', 'http://localhost:3000'),
  setting('frame_forbidden_by_header', 'Iframe_Restrict_Access', true),
  fault('frame_forbidden_by_header', 'x-frame-options', { value: 'DENY' }, 'x-frame-options of a proxy'),
  fault('frame_forbidden_by_policy', 'content-security-policy', { value: "frame-ancestors 'none'" }),
  fault(
    'frame_forbidden_by_policy',
    'content-security-policy',
    { value: "frame-ancestors 'self' https://elsewhere.example" },
    'content-security-policy for somebody else',
  ),
  setting('wizard_open', 'Show_Setup_Wizard', 'in_progress'),
  setting('commands_off', 'Iframe_Integration_receive_enable', false),
  setting('commands_wrong_origin', 'Iframe_Integration_receive_origin', 'https://elsewhere.example'),
  setting('events_off', 'Iframe_Integration_send_enable', false),
  setting('events_wrong_origin', 'Iframe_Integration_send_target_origin', 'https://elsewhere.example'),
  account('admin_refused', 'another password of the bridge', (server) => {
    const bridge = userOf(server, ADMIN.username);
    bridge.services.password = { ...bridge.services.password!, sha256: 'another' };
    bridge.services.resume.loginTokens = [];
  }),
  account('admin_second_factor', 'an authenticator app at the bridge', (server) => {
    const bridge = userOf(server, ADMIN.username);
    bridge.services.totp = { enabled: true, code: '123456' };
    bridge.services.resume.loginTokens = [];
  }),
  account('admin_forbidden', 'the bridge is no admin any more', (server) => {
    userOf(server, ADMIN.username).roles = ['user'];
  }),
  account('channels_missing', 'a channel was deleted', (server) => {
    const room = [...server.state.rooms.values()].find(({ fname }) => fname === 'Модераторы')!;
    server.state.rooms.delete(room._id);
  }),
  account('account_disabled', 'my account is switched off there', (server) => {
    userOf(server, 'owner').active = false;
  }),
  account('not_in_channel', 'I was put out of a channel', (server) => {
    const room = [...server.state.rooms.values()].find(({ fname }) => fname === 'VIP Беседка')!;
    server.state.subscriptions.delete(`${room._id}/${userOf(server, 'owner')._id}`);
  }),
];

const ONLY_OAUTH: readonly Trouble[] = [
  account('version_unsupported', 'version 9.0 without a licence', ({ faults }) => {
    faults.order({ name: 'version', version: '9.0.1' });
    faults.order({ name: 'oauth-provider-gone' });
  }),
  fault('provider_missing', 'oauth-provider-gone', {}),
  setting('provider_disabled', PROVIDER, false),
  setting('provider_differs', `${PROVIDER}-token_path`, '/oauth/token'),
  setting('provider_differs', `${PROVIDER}-merge_users`, false),
  setting('provider_differs', `${PROVIDER}-id`, 'somebody-else'),
  setting('client_secret_wrong', `${PROVIDER}-secret`, 'an-old-secret'),
];

const ONLY_TOKEN: readonly Trouble[] = [
  fault('token_secret_wrong', 'wrong-token-secret', {}),
  fault('admin_forbidden', 'missing-permission', { permission: 'user-generate-access-token' }),
  setting('iframe_auth_off', 'Accounts_iframe_enabled', false),
  setting('iframe_auth_off', 'Accounts_Iframe_api_url', 'https://elsewhere.example/auth'),
];

/** One line per trouble, printed at the end. */
const table: string[] = [];
afterAll(() => process.stdout.write(`first causes named by the server:\n${table.join('\n')}\n`));

describe.each([
  ['oauth', [...TROUBLES, ...ONLY_OAUTH]],
  ['iframe-token', ONLY_TOKEN],
] as const)('diagnostics on the server, %s', (mode, troubles) => {
  let portal: ChatPortal;
  let owner: HttpClient;
  let member: HttpClient;
  beforeAll(async () => {
    // Each trouble is met by a new connection, and the limiter counts sign-ins.
    portal = await startChatPortal({ ROCKETCHAT_MODE: mode }, { limiter: false });
    await linkAccounts(portal, 'owner', 'test_user');
    await delivered(portal.app);
    owner = await signIn(portal.app, 'owner');
    member = await signIn(portal.app, 'test_user');
  });
  afterAll(() => portal.close());

  /** As after some minutes: nothing is remembered. */
  function forget(): void {
    const checks = portal.app.get(ChecksService) as unknown as { last: null };
    const observer = portal.app.get(Observer) as unknown as { admin: { close(): void } | null; secretFitUntil: number };
    checks.last = null;
    observer.secretFitUntil = 0;
    observer.admin?.close();
    observer.admin = null;
  }

  async function check(as: HttpClient): Promise<RocketChatChecks & { ms: number }> {
    forget();
    const asked = performance.now();
    const answer = await as.get<RocketChatChecks>('/api/v1/rocketchat/checks');
    expect(answer.status).toBe(200);
    return { ...answer.json, ms: performance.now() - asked };
  }

  it('finds nothing on a server that was set up', async () => {
    const { findings, version } = await check(owner);
    expect(findings).toEqual([]);
    expect(version).toBe('8.9');
    expect((await portal.app.http().get('/api/v1/rocketchat/checks')).status).toBe(401);
  });

  it.each(troubles)('$name: $cause is the first cause', async ({ name, cause, order }) => {
    const { server } = portal;
    const before = structuredClone(server.state);
    const settings = new Map([...server.state.settings.values()].map(({ _id }) => [_id, server.setting(_id)]));
    try {
      order(server);
      const { findings, ms } = await check(owner);
      table.push(
        `  ${mode.padEnd(12)} ${name.slice(0, 70).padEnd(70)} → ${(findings[0]?.cause ?? 'nothing').padEnd(26)} ${Math.round(ms)} ms`,
      );
      expect(findings.map((finding) => finding.cause)[0]).toBe(cause);
      expect(ms).toBeLessThan(10_000);
    } finally {
      server.faults.clear();
      for (const part of ['users', 'rooms', 'subscriptions'] as const) {
        const kept = server.state[part] as Map<string, unknown>;
        kept.clear();
        for (const [id, value] of before[part]) kept.set(id, value);
      }
      for (const [id, value] of settings)
        if (value !== undefined && server.setting(id) !== value) server.set(id, value);
      server.settle();
    }
  });

  it('F09 names the header that keeps the chat out of the frame, as it was really sent', async () => {
    portal.server.faults.order({ name: 'x-frame-options', value: 'SAMEORIGIN' });
    const { findings } = await check(owner);
    portal.server.faults.clear();
    expect(findings).toEqual([
      { cause: 'frame_forbidden_by_header', remedy: 'open-directly', facts: { value: 'X-Frame-Options: SAMEORIGIN' } },
    ]);
  });

  it('F11 names the site URL that differs, and that setting up mends it', async () => {
    const url = portal.server.setting('Site_Url') ?? '';
    portal.server.set('Site_Url', 'http://localhost:3000');
    const { findings } = await check(owner);
    portal.server.set('Site_Url', url);
    expect(findings).toEqual([
      {
        cause: 'site_url_differs',
        remedy: 'apply',
        facts: { value: 'http://localhost:3000', expected: portal.server.url },
      },
    ]);
  });

  it('members get the sentence without the facts of administration', async () => {
    portal.server.set('Iframe_Integration_receive_origin', 'https://elsewhere.example');
    const { findings } = await check(member);
    portal.server.set('Iframe_Integration_receive_origin', portal.app.url);
    expect(findings).toEqual([{ cause: 'commands_wrong_origin', remedy: 'none', facts: {} }]);
  });

  it('many who ask at once are one look at Rocket.Chat', async () => {
    forget();
    portal.server.calls.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => member.get('/api/v1/rocketchat/checks')));
    expect(portal.server.calls.filter(({ path }) => path === '/api/info')).toHaveLength(1);
    expect(portal.server.calls.filter(({ path }) => path === '/home')).toHaveLength(1);
  });

  it('leaves no session behind, however often it looks', async () => {
    await check(owner);
    const bridge = userOf(portal.server, ADMIN.username);
    const before = bridge.services.resume.loginTokens.length;
    const checks = portal.app.get(ChecksService) as unknown as { last: null };
    for (let n = 0; n < 3; n += 1) {
      checks.last = null;
      (portal.app.get(Observer) as unknown as { secretFitUntil: number }).secretFitUntil = 0;
      await owner.get('/api/v1/rocketchat/checks');
    }
    expect(userOf(portal.server, ADMIN.username).services.resume.loginTokens).toHaveLength(before);
  });

  it('says what stands between a person and their account', async () => {
    const set = (state: string): Promise<object[]> =>
      sql(
        portal.app,
        `UPDATE rocketchat_links SET state = $1 WHERE user_id = (SELECT id FROM users WHERE username = 'test_user')`,
        [state],
      );
    for (const [state, cause] of [
      ['conflict', 'account_conflict'],
      ['waiting', 'account_waiting'],
    ] as const) {
      await set(state);
      expect((await check(member)).findings.map((finding) => finding.cause)).toEqual([cause]);
    }
    // Nobody's account can be made while the server is away: then that is the cause, and the only one.
    portal.server.faults.order({ name: 'outage' });
    expect((await check(member)).findings.map((finding) => finding.cause)).toEqual(['unreachable']);
    portal.server.faults.clear();
    await set('ready');
  });
});
