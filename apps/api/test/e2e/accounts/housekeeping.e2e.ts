import { Housekeeping } from '../../../src/modules/auth/housekeeping.js';
import { signIn, sql } from '../../support/accounts/accounts.js';
import { exchange, register, signInTo } from '../../support/oauth/applications.js';
import { refresh } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('tidying up', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  it('removes what nobody can use any more, however much there is, and nothing else', async () => {
    const http = await signIn(app, 'owner');
    await sql(
      app,
      `INSERT INTO sessions (id, user_id, rotated_at, user_agent, address, last_seen_at, expires_at, ended_at)
       SELECT gen_random_uuid(), u.id, now(), '', '', now(),
         now() + CASE WHEN n % 2 = 0 THEN interval '1 day' ELSE -interval '31 days' END,
         CASE WHEN n % 2 = 0 THEN now() - interval '31 days' END
       FROM generate_series(1, 2500) AS n, users u WHERE u.username = 'owner'`,
    );
    await sql(
      app,
      `INSERT INTO sessions (id, user_id, rotated_at, user_agent, address, last_seen_at, expires_at, ended_at)
       SELECT gen_random_uuid(), id, now(), '', '', now(), now(), now() FROM users WHERE username = 'owner'`,
    );
    await sql(
      app,
      `INSERT INTO link_tokens (token_hash, user_id, purpose, expires_at)
       SELECT repeat(n::text, 64), id, 'reset', now() + (n - 3) * interval '1 day' FROM generate_series(1, 5) AS n, users
       WHERE username = 'owner'`,
    );
    await sql(
      app,
      `INSERT INTO login_throttles (key, failures, last_failure_at)
       VALUES ('address:old', 3, now() - interval '25 hours'), ('address:new', 3, now())`,
    );
    await app.get(Housekeeping).tidy();
    const [left] = await sql(
      app,
      `SELECT (SELECT count(*)::int FROM sessions) AS sessions, (SELECT count(*)::int FROM link_tokens) AS links,
         (SELECT string_agg(key, ',') FROM login_throttles) AS delays`,
    );
    expect(left).toEqual({ sessions: 2, links: 3, delays: 'address:new' });
    expect((await http.get('/api/v1/users/me')).status).toBe(200);
  });

  it('keeps a sign-in that has run out while an application can refresh what came of it, and removes it afterwards', async () => {
    const application = await register(await signIn(app, 'owner'), { firstParty: true });
    const { code, verifier } = await signInTo(await signIn(app, 'admin'), application, { scope: 'openid' });
    const tokens = (await exchange(app.http(), application, code, verifier)).json;
    const sessions = () =>
      sql(app, `SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.username = 'admin'`);
    await sql(app, `UPDATE sessions SET expires_at = now() - interval '31 days' WHERE ended_at IS NULL`);
    await app.get(Housekeeping).tidy();
    expect(await sessions()).toHaveLength(1);
    expect((await refresh(app.http(), application, tokens.refresh_token)).status).toBe(200);
    await sql(app, `UPDATE oauth_grants SET expires_at = now() - interval '1 second'`);
    await app.get(Housekeeping).tidy();
    expect(await sessions()).toEqual([]);
  });
});
