import { jest } from '@jest/globals';
import type { User } from '@besedka/contracts';
import { Database } from '../../../src/database/database.js';
import { createUser, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import type { UserPage } from './types.js';

const MANY = 500;

describe('the list of users', () => {
  let app: TestApp;
  let admin: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    admin = await signIn(app, 'admin');
    // Equal names and equal moments on purpose: only the id tells such rows apart.
    await sql(
      app,
      `INSERT INTO users (id, username, email, email_key, full_name, status, created_at, last_seen_at)
       SELECT gen_random_uuid(), 'many_' || n, 'many_' || n || '@example.org', 'many_' || n || '@example.org',
         'Имя ' || (n % 50), CASE WHEN n % 10 = 0 THEN 'disabled' ELSE 'active' END,
         now() - (n % 100) * interval '1 microsecond', CASE WHEN n % 3 = 0 THEN NULL ELSE now() - n % 70 * interval '1 s' END
       FROM generate_series(1, $1) AS n`,
      [MANY],
    );
    await sql(
      app,
      `INSERT INTO user_roles SELECT id, CASE WHEN username LIKE '%7' THEN 'store_admin' ELSE 'user' END
       FROM users WHERE username LIKE 'many_%'`,
    );
  });
  afterAll(() => closeTestApp(app));

  const fetch = async (query: string): Promise<UserPage> => {
    const answer = await admin.get<UserPage>(`/api/v1/users?${query}`);
    expect([answer.status, query]).toEqual([200, query]);
    return answer.json;
  };
  const all = async (query: string, limit = 37): Promise<User[]> => {
    const users: User[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: UserPage = await fetch(`${query}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      users.push(...page.items);
      cursor = page.nextCursor;
    }
    return users;
  };

  it.each(['fullName', 'username', 'createdAt', 'lastSeenAt'] as const)(
    'by %s: every row once, in order, in both directions',
    async (sort) => {
      const up = await all(`sort=${sort}`);
      const down = await all(`sort=${sort}&direction=desc`, 200);
      expect(up).toHaveLength(MANY + 5);
      expect(new Set(up.map((user) => user.id)).size).toBe(MANY + 5);
      expect(down.map((user) => user.id)).toEqual(up.map((user) => user.id).reverse());
      const keys = up.map((user) => user[sort] ?? '');
      expect(keys).toEqual([...keys].sort());
    },
  );

  it('pages stay whole while accounts are added around them', async () => {
    const before = await all('sort=username');
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let n = 0; cursor !== null; n += 1) {
      const page: UserPage = await fetch(`sort=username&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map((user) => user.id));
      cursor = page.nextCursor;
      // One before the reader, one behind.
      if (n < 3)
        await Promise.all([createUser(admin, { username: `aaa_${n}` }), createUser(admin, { username: `zzz_${n}` })]);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(before.map((user) => user.id)));
  });

  it.each([
    ['a name in Russian, whatever the case', `q=${encodeURIComponent('имя 49')}`, 10],
    ['a user name', 'q=MANY_499', 1],
    ['an address', `q=${encodeURIComponent('many_499@')}`, 1],
    ['wildcards as themselves', `q=${encodeURIComponent('%_%')}`, 0],
    ['a backslash as itself', `q=${encodeURIComponent('\\')}`, 0],
    ['a role', 'role=store_admin', 51],
    ['a role that nobody has', 'role=ghost', 0],
    ['a status', 'status=disabled', 50],
    ['all at once', 'role=store_admin&status=active&q=many_4', 11],
  ])('finds %s', async (_what, query, count) => {
    expect(await all(query)).toHaveLength(count);
  });

  it('takes the same few statements for five rows and for two hundred', async () => {
    const database = app.get(Database);
    const count = async (limit: number): Promise<number> => {
      const spy = jest.spyOn(database, 'query');
      await fetch(`limit=${limit}`);
      const statements = spy.mock.calls.length;
      spy.mockRestore();
      return statements;
    };
    expect([await count(5), await count(200)]).toEqual([4, 4]);
  });

  it.each([
    ['rubbish', 'cursor=rubbish'],
    ['another order', async () => `sort=createdAt&cursor=${(await fetch('limit=1')).nextCursor}`],
    ['a made-up moment', () => cursorOf({ s: 'createdAt:asc', k: 'now', id: '01890000-0000-7000-8000-000000000000' })],
    ['an id that is none', () => cursorOf({ s: 'fullName:asc', k: 'a', id: 'x' })],
    ['a null byte', () => cursorOf({ s: 'fullName:asc', k: 'a\u0000', id: '01890000-0000-7000-8000-000000000000' })],
  ])('refuses a cursor of %s', async (_what, query) => {
    const answer = await admin.get(`/api/v1/users?${typeof query === 'string' ? query : await query()}`);
    expect(refusal(answer)).toEqual([400, 'bad_cursor']);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'sort=password_hash',
    'direction=up',
    'status=dead',
    `q=${'x'.repeat(101)}`,
  ])('refuses %s', async (query) => {
    expect(refusal(await admin.get(`/api/v1/users?${query}`))).toEqual([400, 'validation_failed']);
  });

  it('the directory has the active only, and pages', async () => {
    const http = await signIn(app, 'test_user');
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { username: string }[]; nextCursor: string | null } = (
        await http.get<UserPage>(`/api/v1/directory?limit=90&q=many_${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json;
      names.push(...page.items.map((item) => item.username));
      cursor = page.nextCursor;
    }
    expect(new Set(names).size).toBe(450);
    expect(names).toHaveLength(450);
  });
});

const cursorOf = (value: { s: string; k: string; id: string }): string =>
  `sort=${value.s.split(':')[0]}&cursor=${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
