import { Housekeeping } from '../../../src/modules/auth/housekeeping.js';
import { signIn, sql } from '../../support/accounts/accounts.js';
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
});
