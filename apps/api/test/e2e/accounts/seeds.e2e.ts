import { loadConfig } from '../../../src/config/load-config.js';
import { GOOD_PASSWORD, localPassword, signIn, sql } from '../../support/accounts/accounts.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const PRODUCTION = {
  BESEDKA_MODE: 'production',
  AUTH_SECRET: '9f2c4b7a1e8d6053c2b1a0f9e8d7c6b5',
  PUBLIC_URL: 'http://127.0.0.1:8799',
  PASSWORD_HASH_KIB: '19456',
};
const OWNER = { OWNER_USERNAME: 'Chairman', OWNER_EMAIL: 'chair@example.org', OWNER_PASSWORD: GOOD_PASSWORD };

describe('the first accounts', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  /** Starts, looks, stops. */
  async function run<T>(options: TestAppOptions, look: (app: TestApp) => Promise<T>): Promise<T> {
    const app = await createTestApp({ databaseUrl: database.url, ...options });
    try {
      return await look(app);
    } finally {
      await app.close();
    }
  }
  const accounts = (app: TestApp) =>
    sql<{ username: string; role: string }>(
      app,
      `SELECT username, role_key AS role FROM users LEFT JOIN user_roles ON user_id = id WHERE deleted_at IS NULL ORDER BY id`,
    );
  const refusalOf = (env: object) =>
    run({ env: { ...PRODUCTION, ...env } }, async () => 'started').catch((error: unknown) =>
      error instanceof Error ? `${error.constructor.name}: ${error.message}` : error,
    );

  it('local mode: the five of the product, each of whom can sign in', async () => {
    await run({}, async (app) => {
      expect(await accounts(app)).toEqual([
        { username: 'owner', role: 'owner' },
        { username: 'admin', role: 'moderator' },
        { username: 'store_owner', role: 'store_owner' },
        { username: 'store_admin', role: 'store_admin' },
        { username: 'test_user', role: 'user' },
      ]);
      for (const name of ['owner', 'admin', 'store_owner', 'store_admin', 'test_user']) await signIn(app, name);
    });
  });

  it('a build that changes the groups of a role changes the channels of its holders', async () => {
    const channels = (app: TestApp) =>
      sql<{ username: string; channel: string }>(
        app,
        `SELECT username, channel_key AS channel FROM chat_members m JOIN users u ON u.id = m.user_id
         JOIN chats c ON c.id = m.chat_id WHERE channel_key <> 'general' ORDER BY username, channel_key`,
      );
    const now = [
      { username: 'admin', channel: 'moderators' },
      { username: 'owner', channel: 'moderators' },
      { username: 'owner', channel: 'vip' },
    ];
    await run({}, async (app) => {
      expect(await channels(app)).toEqual(now);
      // As an older build might have had it.
      await sql(app, `UPDATE roles SET groups = '{user}' WHERE key = 'moderator'`);
      await sql(app, `UPDATE roles SET groups = '{user,vip}' WHERE key = 'user'`);
    });
    await run({}, async (app) => expect(await channels(app)).toEqual(now));
  });

  it('local mode: a restart changes nothing that people changed', async () => {
    await run({}, async (app) => {
      const http = await signIn(app, 'test_user');
      const change = { currentPassword: localPassword('test_user'), newPassword: GOOD_PASSWORD };
      expect((await http.post('/api/v1/auth/password', change)).status).toBe(204);
      await sql(app, `UPDATE users SET deleted_at = now() WHERE username = 'store_admin'`);
    });
    await run({}, async (app) => {
      expect((await accounts(app)).map((account) => account.username)).not.toContain('store_admin');
      await signIn(app, 'test_user', GOOD_PASSWORD);
      await expect(signIn(app, 'test_user', localPassword('test_user'))).rejects.toThrow('invalid_credentials');
    });
  });

  it('local mode: two that start at once make five accounts', async () => {
    const both = await Promise.all([
      createTestApp({ databaseUrl: database.url }),
      createTestApp({ databaseUrl: database.url }),
    ]);
    try {
      expect(await accounts(both[0])).toHaveLength(5);
    } finally {
      await Promise.all(both.map((app) => app.close()));
    }
  });

  it('production: refused without an owner, in one sentence that says what to set', async () => {
    expect(await refusalOf({})).toBe(
      'StartupError: There is no owner yet: set OWNER_USERNAME, OWNER_EMAIL and OWNER_PASSWORD for the first start in production.',
    );
    expect(await refusalOf({ ...OWNER, OWNER_EMAIL: '' })).toContain('There is no owner yet');
  });

  it.each([
    ['a user name that is none', { OWNER_USERNAME: 'Кто' }, 'OWNER_USERNAME must be'],
    ['an address that is none', { OWNER_EMAIL: 'nowhere' }, 'OWNER_EMAIL must be'],
    ['a short password', { OWNER_PASSWORD: 'short' }, 'OWNER_PASSWORD must have 10'],
    ['the password of local mode', { OWNER_PASSWORD: 'owner123secure' }, 'OWNER_PASSWORD is a known'],
    ['a common password', { OWNER_PASSWORD: 'password1234' }, 'OWNER_PASSWORD is a known'],
  ])('production: refused with %s', async (_what, change, text) => {
    const answer = await refusalOf({ ...OWNER, ...change });
    expect(answer).toContain(`StartupError: ${text}`);
    for (const value of Object.values(change)) expect(answer).not.toContain(`"${value}"`);
  });

  it('production: the given owner and nobody else; later starts need nothing', async () => {
    await run({ env: { ...PRODUCTION, ...OWNER } }, async (app) => {
      expect(await accounts(app)).toEqual([{ username: 'chairman', role: 'owner' }]);
      const http = app.http();
      const answer = await http.post(
        '/api/v1/auth/login',
        { login: 'chair@example.org', password: GOOD_PASSWORD },
        { origin: PRODUCTION.PUBLIC_URL },
      );
      expect(answer.status).toBe(200);
      const cookies = answer.headers.getSetCookie();
      expect(cookies).toHaveLength(2);
      expect(cookies[0]).toMatch(/^__Host-besedka_access=.*Path=\/; HttpOnly; Secure; SameSite=Lax/);
      expect(cookies[1]).toMatch(/^__Secure-besedka_refresh=.*HttpOnly; Secure; SameSite=Lax/);
    });
    await run({ env: PRODUCTION }, async (app) => expect(await accounts(app)).toHaveLength(1));
  });

  it('production: refused while a local account still has its printed password', async () => {
    await run({}, () => Promise.resolve());
    expect(await refusalOf({})).toContain('The account owner still has the password of local mode');
    await run({}, (app) => sql(app, `UPDATE users SET status = 'disabled' WHERE username <> 'test_user'`));
    expect(await refusalOf(OWNER)).toContain('The account test_user still has the password of local mode');
    await run({}, async (app) => {
      const http = await signIn(app, 'test_user');
      await http.post('/api/v1/auth/password', { currentPassword: 'user123secure', newPassword: GOOD_PASSWORD });
    });
    expect(await refusalOf({})).toBe('started');
  });

  it('production: local passwords are refused for everybody', async () => {
    await run({ env: { ...PRODUCTION, ...OWNER } }, async (app) => {
      const body = { login: 'chairman', password: GOOD_PASSWORD };
      const origin = PRODUCTION.PUBLIC_URL;
      const tokens = await app.http().post<{ accessToken: string }>('/api/v1/auth/login?tokens=body', body, { origin });
      const answer = await app
        .http()
        .post(
          '/api/v1/auth/password',
          { currentPassword: GOOD_PASSWORD, newPassword: 'storeowner123secure' },
          { headers: { authorization: `Bearer ${tokens.json.accessToken}` } },
        );
      expect(answer.json).toMatchObject({ code: 'password_too_weak', data: { reason: 'known_default' } });
    });
  });

  it('production: a cheap password hash or a weak secret is refused before anything starts', () => {
    const load = (change: object) => () =>
      loadConfig({ ...PRODUCTION, ...OWNER, DATABASE_URL: database.url, ...change });
    expect(load({ PASSWORD_HASH_KIB: '64' })).toThrow('PASSWORD_HASH_KIB must be at least 19456 in production.');
    expect(load({ AUTH_SECRET: 'change-me-change-me-change-me-change-me' })).toThrow('AUTH_SECRET');
    expect(load({ AUTH_SECRET: '' })).toThrow('AUTH_SECRET is required in production');
  });
});
