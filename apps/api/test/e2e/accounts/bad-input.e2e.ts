import type { User } from '@besedka/contracts';
import { createUser, GOOD_PASSWORD, ifMatch, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const LONG = 'я'.repeat(10_000);

/** What people, machines and attackers put where a name belongs. */
const BAD_NAMES: readonly (readonly [string, unknown])[] = [
  ['ten thousand characters', LONG],
  ['a null byte', 'Имя\u0000'],
  ['a control character', 'Имя\u0007'],
  ['a line break', 'Имя\nФамилия'],
  ['a tab', 'Имя\tФамилия'],
  ['a right-to-left override', 'Имя\u202Egnp.exe'],
  ['an isolate', 'Имя\u2066x'],
  ['half a surrogate pair', 'Имя\uD83D'],
  ['nothing', ''],
  ['only spaces', '   '],
  ['only invisible characters', '\u200B\u2060\u3164'],
  ['a number', 42],
  ['null', null],
  ['an object', { $ne: '' }],
  ['a list', ['Имя']],
];

const BAD_USERNAMES = ['ab', 'a'.repeat(33), 'Имя', 'a b', '-a-', 'a\u0000b', 'a\u202Eb', 'a@b.c', '', 7, null];
const BAD_EMAILS = [
  'x',
  'x@',
  '@x.org',
  'a b@x.org',
  `${'a'.repeat(250)}@x.org`,
  'a\u0000@x.org',
  'a@x.org\r\nBcc: b@x.org',
  7,
];

describe('bad input to accounts', () => {
  let app: TestApp;
  let admin: HttpClient;
  let user: User;
  let before: string;

  /** Everything stored about accounts but the sign-ins, as one text. */
  const stored = async (): Promise<string> => {
    const rows = await sql(
      app,
      `SELECT u.id, username, email, full_name, locale, theme, status, version,
         ARRAY(SELECT role_key FROM user_roles WHERE user_id = u.id ORDER BY 1) AS roles FROM users u ORDER BY id`,
    );
    return JSON.stringify([
      rows,
      await sql(app, 'SELECT * FROM roles ORDER BY key'),
      await sql(app, 'SELECT * FROM link_tokens'),
    ]);
  };

  beforeAll(async () => {
    app = await createTestApp();
    admin = await signIn(app, 'owner');
    user = await createUser(admin, { email: 'present@example.org' });
    before = await stored();
  });
  afterAll(() => closeTestApp(app));
  // Whatever was refused has changed nothing, and nothing was a failure of ours.
  afterEach(async () => {
    expect(await stored()).toBe(before);
    expect(app.logs.filter((line) => line.level === 'error')).toEqual([]);
  });

  const refused = (answer: { status: number; json: Record<string, unknown> }): void => {
    expect([answer.status, answer.json.code]).toEqual([400, 'validation_failed']);
    expect(answer.json.errors).toEqual(
      expect.arrayContaining([
        { path: expect.any(String), code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) },
      ]),
    );
  };
  const valid = () => ({
    username: 'newcomer',
    fullName: 'Новый Человек',
    email: 'new@example.org',
    password: GOOD_PASSWORD,
  });

  it.each(BAD_NAMES)('as a name: %s', async (_what, fullName) => {
    refused(await admin.post('/api/v1/users', { ...valid(), fullName }));
    refused(await admin.patch('/api/v1/users/me', { fullName }));
    refused(await admin.patch(`/api/v1/users/${user.id}`, { fullName }, ifMatch(user.version)));
    const { username, email, locale, roles } = user;
    refused(
      await admin.put(`/api/v1/users/${user.id}`, { username, email, locale, roles, fullName }, ifMatch(user.version)),
    );
    refused(
      await admin.post('/api/v1/roles', {
        key: 'bad',
        title: fullName,
        level: 5,
        groups: [],
        permissions: [],
        manages: [],
      }),
    );
  });

  it.each(BAD_USERNAMES)('as a user name: %j', async (username) => {
    refused(await admin.post('/api/v1/users', { ...valid(), username }));
    refused(await admin.patch(`/api/v1/users/${user.id}`, { username }, ifMatch(user.version)));
  });

  it.each(BAD_EMAILS)('as an address: %j', async (email) => {
    refused(await admin.post('/api/v1/users', { ...valid(), email }));
    refused(await admin.patch(`/api/v1/users/${user.id}`, { email }, ifMatch(user.version)));
  });

  it.each([
    ['an unknown field', { admin: true }],
    ['no role', { roles: [] }],
    ['eleven roles', { roles: Array.from({ length: 11 }, () => 'user') }],
    ['a role with a null byte', { roles: ['us\u0000er'] }],
    ['an unknown language', { locale: 'xx' }],
    ['a short password', { password: 'short' }],
    ['a password of 10 000 characters', { password: LONG }],
    ['neither password nor invitation', { password: undefined }],
    ['an invitation without an address', { password: undefined, invite: true, email: null }],
  ])('as a new account: %s', async (_what, change) => {
    refused(await admin.post('/api/v1/users', { ...valid(), ...change }));
  });

  it.each([
    ['/api/v1/auth/login', { login: LONG, password: 'x' }],
    ['/api/v1/auth/login', { login: 'owner\u0000', password: 'x' }],
    ['/api/v1/auth/login', { login: 'owner', password: LONG }],
    ['/api/v1/auth/login', { login: { $gt: '' }, password: { $gt: '' } }],
    ['/api/v1/auth/login', { login: 'owner' }],
    ['/api/v1/auth/login', []],
    ['/api/v1/auth/login', 'owner'],
    ['/api/v1/auth/forgot', { login: LONG }],
    ['/api/v1/auth/forgot', { login: '\u0000' }],
    ['/api/v1/auth/reset', { token: 'short', password: GOOD_PASSWORD }],
    ['/api/v1/auth/reset', { token: 'x'.repeat(10_000), password: GOOD_PASSWORD }],
    ['/api/v1/auth/activate', { token: `${'x'.repeat(30)}\u0000`, password: GOOD_PASSWORD }],
    ['/api/v1/auth/refresh', { refreshToken: LONG }],
    ['/api/v1/auth/refresh', { refreshToken: 7 }],
  ])('to %s: %j', async (path, body) => {
    refused(await app.http().post(path, body));
  });

  it.each(['not json', '{"login":', '\u0000', '[1,', '{"__proto__":{"x":1}}'])(
    'a body that cannot be read: %j',
    async (body) => {
      const answer = await app
        .http()
        .request('POST', '/api/v1/auth/login', { body, headers: { 'content-type': 'application/json' } });
      expect([answer.status, answer.json.code]).toEqual([400, 'malformed_request']);
    },
  );

  it.each(['abc', '%00', '01890000-0000-7000-8000-00000000000g', LONG])('as an id: %s', async (id) => {
    const answer = await admin.get(`/api/v1/users/${encodeURIComponent(id).slice(0, 400)}`);
    expect([400, 404]).toContain(answer.status);
  });

  it('a password may be anything that can be typed', async () => {
    const password = '密碼 🔑 пароль-не-пароль ünï';
    const made = await createUser(admin, { username: 'typist', password });
    await signIn(app, 'typist', password);
    await sql(app, `DELETE FROM users WHERE id = $1`, [made.id]);
  });

  it('a path id that is none is told under its name', async () => {
    const { status, json } = await admin.get<Record<string, unknown>>('/api/v1/users/somebody');
    expect([status, json['code'], json['errors']]).toEqual([
      400,
      'validation_failed',
      [{ path: 'id', code: 'bad_id', message: 'bad_id' }],
    ]);
  });
});
