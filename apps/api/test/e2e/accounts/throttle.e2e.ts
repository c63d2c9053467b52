import { PasswordHasher } from '../../../src/modules/auth/password-hasher.js';
import { createUser, GOOD_PASSWORD, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('failed sign-ins', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));
  // Every test fails from the same address; its own delay is a test of its own.
  beforeEach(() => sql(app, 'DELETE FROM login_throttles'));

  const attempt = (login: string, password = 'wrong password 1') =>
    app.http().post<Record<string, unknown>>('/api/v1/auth/login', { login, password });
  const letTimePass = (where = 'true') => sql(app, `UPDATE login_throttles SET delayed_until = now() WHERE ${where}`);

  it('unknown user, wrong password, disabled, invited: the same answer after the same work', async () => {
    const admin = await signIn(app, 'admin');
    const disabled = await createUser(admin);
    await sql(app, `UPDATE users SET status = 'disabled' WHERE id = $1`, [disabled.id]);
    const invited = await createUser(admin, { invite: true, email: 'invited@example.org' });
    const hasher = app.get(PasswordHasher);
    const answers = [];
    for (const [login, password] of [
      ['nobody_here', 'wrong password 1'],
      ['nobody@example.org', 'wrong password 1'],
      ['owner', 'wrong password 1'],
      [disabled.username, GOOD_PASSWORD],
      [invited.username, GOOD_PASSWORD],
    ] as const) {
      const before = hasher.verifications;
      const { status, json, headers } = await attempt(login, password);
      const { requestId, ...body } = json;
      expect(requestId).toEqual(expect.any(String));
      answers.push({ status, body, work: hasher.verifications - before, names: [...headers.keys()] });
    }
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'invalid_credentials' }, work: 1 });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it.each([
    ['an account', 'owner'],
    ['a name that nobody has', 'nobody_here'],
  ])('of %s wait longer and longer, whatever the password, and never for ever', async (_what, login) => {
    const waits: number[] = [];
    while (waits.length < 10) {
      const answer = await attempt(login);
      if (answer.status === 401) continue;
      expect(refusal(answer)).toEqual([429, 'sign_in_delayed']);
      expect(refusal(await attempt(login, 'owner123secure'))).toEqual([429, 'sign_in_delayed']);
      expect(Number(answer.headers.get('retry-after'))).toBe(answer.json.retryAfter);
      waits.push(Number(answer.json.retryAfter));
      await letTimePass();
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
  });

  it('a success clears the count of the account', async () => {
    for (let n = 0; n < 3; n += 1) await attempt('test_user');
    await signIn(app, 'test_user');
    for (let n = 0; n < 4; n += 1) expect((await attempt('test_user')).status).toBe(401);
    expect((await attempt('test_user', 'user123secure')).status).toBe(200);
  });

  it('say nothing about which names belong to anybody, or to the same account', async () => {
    const tried = async (login: string): Promise<number[]> => {
      const seen: number[] = [];
      for (let n = 0; n < 7; n += 1) seen.push((await attempt(login)).status);
      return seen;
    };
    const strangers = [await tried('nobody_here'), await tried('nobody_here@besedka.local')];
    expect(strangers).toEqual(Array.from({ length: 2 }, () => [401, 401, 401, 401, 401, 429, 429]));
    expect([await tried('owner'), await tried('owner@besedka.local')]).toEqual(strangers);
  });

  it('by all names of an account together count at last', async () => {
    for (let n = 0; n < 21; n += 1) {
      expect((await attempt(n % 2 === 0 ? 'test_user' : 'test_user@besedka.local')).status).toBe(401);
      await letTimePass(`key NOT LIKE 'user:%'`);
    }
    await sql(app, `DELETE FROM login_throttles WHERE key NOT LIKE 'user:%'`);
    expect(refusal(await attempt('test_user@besedka.local'))).toEqual([429, 'sign_in_delayed']);
  });

  it('in one burst do not slip through side by side', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt('test_user')));
    const tried = answers.filter((answer) => answer.status === 401);
    expect(tried).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(25);
  });

  it('from one address delay that address, whichever the account', async () => {
    for (let n = 0; n < 31; n += 1) await attempt(`guess_${n}`);
    expect(refusal(await attempt('test_user', 'user123secure'))).toEqual([429, 'sign_in_delayed']);
  });

  it('from one address fade with time, and every success there takes one away', async () => {
    for (let n = 0; n < 33; n += 1) {
      await attempt(`guess_${n}`);
      await letTimePass();
    }
    const count = async (): Promise<number> => {
      const rows = await sql<{ failures: number }>(
        app,
        `SELECT failures FROM login_throttles WHERE key LIKE 'address:%'`,
      );
      return rows[0]?.failures ?? NaN;
    };
    expect(await count()).toBeGreaterThan(31);
    await sql(app, `UPDATE login_throttles SET last_failure_at = now() - interval '15 minutes'`);
    expect((await attempt('guess_again')).status).toBe(401);
    const left = await count();
    expect(left).toBeGreaterThan(11);
    expect(left).toBeLessThan(14);
    await signIn(app, 'test_user');
    expect(await count()).toBeCloseTo(left - 1, 5);
  });

  it('of others at the same address are lifted for somebody who has to wait because of them', async () => {
    const admin = await signIn(app, 'admin');
    const [user, bystander] = [await createUser(admin), await createUser(admin)];
    for (let n = 0; n < 31; n += 1) await attempt(`guess_${n}`);
    expect(refusal(await attempt(user.username, GOOD_PASSWORD))).toEqual([429, 'sign_in_delayed']);
    const until = async ({ id }: { id: string }) =>
      (await admin.get<Record<string, unknown>>(`/api/v1/users/${id}`)).json.signInDelayedUntil;
    expect(Date.parse(String(await until(user)))).toBeGreaterThan(Date.now());
    expect(await until(bystander)).toBeNull();
    expect((await admin.delete(`/api/v1/users/${user.id}/sign-in-delay`)).status).toBe(204);
    expect(await until(user)).toBeNull();
    expect((await attempt(user.username, GOOD_PASSWORD)).status).toBe(200);
    expect((await attempt('test_user', 'user123secure')).status).toBe(200);
  });

  it('are shown to those who administer, and lifted by them', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin);
    for (let n = 0; n < 5; n += 1) await attempt(user.username);
    expect((await attempt(user.username, GOOD_PASSWORD)).status).toBe(429);
    const shown = await admin.get<Record<string, unknown>>(`/api/v1/users/${user.id}`);
    expect(Date.parse(String(shown.json.signInDelayedUntil))).toBeGreaterThan(Date.now());
    expect((await admin.delete(`/api/v1/users/${user.id}/sign-in-delay`)).status).toBe(204);
    expect((await attempt(user.username, GOOD_PASSWORD)).status).toBe(200);
    expect((await admin.get<Record<string, unknown>>(`/api/v1/users/${user.id}`)).json.signInDelayedUntil).toBeNull();
  });

  it('when changing the password count as well', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin);
    const http = await signIn(app, user.username);
    const change = () =>
      http.post('/api/v1/auth/password', { currentPassword: 'wrong password 1', newPassword: 'новый пропуск 991' });
    for (let n = 0; n < 5; n += 1) expect(refusal(await change())).toEqual([400, 'wrong_password']);
    expect(refusal(await change())).toEqual([429, 'sign_in_delayed']);
  });
});

describe('sign-in requests', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: { RATE_SIGN_IN_PER_MINUTE: '5' } });
  });
  afterAll(() => closeTestApp(app));

  it('are limited per address with Retry-After', async () => {
    const answers = [];
    for (let n = 0; n < 6; n += 1) {
      answers.push(await app.http().post('/api/v1/auth/login', { login: `guess_${n}`, password: 'wrong password 1' }));
    }
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(answers[5]?.json.code).toBe('rate_limited');
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
