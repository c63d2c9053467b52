import { once } from 'node:events';
import { statSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ActivationInfo, Me, User } from '@besedka/contracts';
import {
  createUser,
  delivered,
  GOOD_PASSWORD,
  ifMatch,
  letters,
  refusal,
  signIn,
  sql,
  tokenIn,
} from '../../support/accounts/accounts.js';
import { type ReceivedMail, startMailServer } from '../../support/accounts/mail-server.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const NEW_PASSWORD = 'новый пропуск 991';

describe('invitations and passwords, letters as files', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  const forgot = (login: string) => app.http().post('/api/v1/auth/forgot', { login });

  it('invitation, activation, sign-in', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin, { username: 'guest_one', email: 'Guest@Example.org', invite: true });
    expect(user.status).toBe('invited');
    const letter = (await letters(app)).at(-1);
    expect(letter).toContain('To: Guest@Example.org');
    const token = tokenIn(letter);

    const http = app.http();
    const shown = await http.get<ActivationInfo>(`/api/v1/auth/activation?token=${token}`);
    expect(shown.json).toMatchObject({ username: 'guest_one', fullName: user.fullName, email: 'Guest@Example.org' });
    expect(Date.parse(shown.json.expiresAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);

    const weak = await http.post('/api/v1/auth/activate', { token, password: 'guest_one_12' });
    expect(refusal(weak)).toEqual([400, 'password_too_weak']);
    const done = await http.post('/api/v1/auth/activate', {
      token,
      password: GOOD_PASSWORD,
      fullName: 'Новое Имя',
      locale: 'en',
    });
    expect(done.status).toBe(200);
    expect((await http.get<Me>('/api/v1/users/me')).json).toMatchObject({
      username: 'guest_one',
      fullName: 'Новое Имя',
      locale: 'en',
    });
    await signIn(app, 'guest@example.org', GOOD_PASSWORD);
    expect(refusal(await http.post('/api/v1/auth/activate', { token, password: GOOD_PASSWORD }))).toEqual([
      400,
      'token_invalid',
    ]);
  });

  it('a second invitation voids the first; only the invited can be invited again', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin, { email: 'again@example.org', invite: true });
    const first = tokenIn((await letters(app)).at(-1));
    const again = await admin.post(`/api/v1/users/${user.id}/invite`, {});
    expect(again.json).toEqual({ userId: user.id, expiresAt: expect.any(String), mailed: false });
    const second = tokenIn((await letters(app)).at(-1));
    expect((await app.http().get(`/api/v1/auth/activation?token=${first}`)).status).toBe(400);
    expect((await app.http().get(`/api/v1/auth/activation?token=${second}`)).status).toBe(200);
    await app.http().post('/api/v1/auth/activate', { token: second, password: GOOD_PASSWORD });
    expect(refusal(await admin.post(`/api/v1/users/${user.id}/invite`, {}))).toEqual([409, 'user_not_invited']);
  });

  it('links expire, and of several users of one link exactly one succeeds', async () => {
    const admin = await signIn(app, 'admin');
    await createUser(admin, { email: 'late@example.org', invite: true });
    const late = tokenIn((await letters(app)).at(-1));
    await sql(app, `UPDATE link_tokens SET expires_at = now() WHERE used_at IS NULL`);
    expect((await app.http().post('/api/v1/auth/activate', { token: late, password: GOOD_PASSWORD })).status).toBe(400);

    await createUser(admin, { email: 'race@example.org', invite: true });
    const token = tokenIn((await letters(app)).at(-1));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => app.http().post('/api/v1/auth/activate', { token, password: GOOD_PASSWORD })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 400)).toHaveLength(5);
  });

  it('forgot → reset ends all sessions; the link works once; the old password no longer', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'forgetful@example.org' });
    const before = await signIn(app, user.username);
    expect((await forgot('FORGETFUL@example.org')).status).toBe(204);
    const token = tokenIn((await letters(app)).at(-1));
    const look = () => app.http().get<Record<string, unknown>>(`/api/v1/auth/reset?token=${token}`);
    expect((await look()).status).toBe(204);
    const reset = await app.http().post('/api/v1/auth/reset', { token, password: NEW_PASSWORD });
    expect(reset.status).toBe(204);
    expect(refusal(await look())).toEqual([400, 'token_invalid']);
    expect((await before.get('/api/v1/users/me')).status).toBe(401);
    expect((await app.http().post('/api/v1/auth/reset', { token, password: NEW_PASSWORD })).status).toBe(400);
    await expect(signIn(app, user.username)).rejects.toThrow('invalid_credentials');
    await signIn(app, user.username, NEW_PASSWORD);
    expect((await letters(app)).at(-1)).toContain('Пароль в «Беседке» изменён');
  });

  it('forgot answers the same for everybody, and writes at most one letter a minute', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'spammed@example.org' });
    const known = await forgot(user.username);
    const unknown = await forgot('nobody_at_all');
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    await forgot('spammed@example.org');
    const mine = (await letters(app)).filter((letter) => letter.includes('To: spammed@example.org'));
    expect(mine).toHaveLength(1);
  });

  it('keeps neither link nor letter in the database, nor a link in the log', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'secret@example.org' });
    await forgot(user.username);
    const token = tokenIn((await letters(app)).at(-1));
    const rows = await sql(app, 'SELECT o::text AS row FROM outbox o UNION ALL SELECT t::text FROM link_tokens t');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(app.logs)).not.toContain(token);
    const folder = join(app.config.dataDir, 'mail');
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('a changed address voids the reset link; a disabled account cannot use one', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin, { email: 'old@example.org' });
    await forgot(user.username);
    const token = tokenIn((await letters(app)).at(-1));
    await admin.patch(`/api/v1/users/${user.id}`, { email: 'new@example.org' }, ifMatch(user.version));
    const reset = await app.http().post('/api/v1/auth/reset', { token, password: NEW_PASSWORD });
    expect(refusal(reset)).toEqual([400, 'token_invalid']);
  });

  it('a changed address: the one before is told, and gets no more in by the invitation sent there', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin, { email: 'mistyped@example.org', invite: true });
    const first = tokenIn((await letters(app)).at(-1));
    const path = `/api/v1/users/${user.id}`;
    const moved = await admin.patch<User>(path, { email: 'right@example.org' }, ifMatch(user.version));
    const [notice, invitation] = (await letters(app)).slice(-2);
    expect(notice).toContain('To: mistyped@example.org');
    expect(notice).toContain('Адрес почты в «Беседке» изменён');
    expect(notice).not.toContain('right@example.org');
    expect(invitation).toContain('To: right@example.org');
    const use = (token: string) => app.http().post('/api/v1/auth/activate', { token, password: GOOD_PASSWORD });
    expect(refusal(await use(first))).toEqual([400, 'token_invalid']);
    const second = tokenIn(invitation);
    await admin.patch(path, { email: null }, ifMatch(moved.json.version));
    expect(refusal(await use(second))).toEqual([400, 'token_invalid']);
    expect((await letters(app)).at(-1)).toContain('To: right@example.org');
  });

  it('nobody changes the address of their own account by the way for others', async () => {
    for (const name of ['owner', 'admin']) {
      const http = await signIn(app, name);
      const { json } = await http.get<Me>('/api/v1/users/me');
      const path = `/api/v1/users/${json.id}`;
      const change = { email: `${name}@elsewhere.example.org` };
      expect(refusal(await http.patch(path, change, ifMatch(json.version)))).toEqual([409, 'own_account']);
      const same = await http.patch<User>(path, { email: json.email, locale: 'en' }, ifMatch(json.version));
      expect([same.status, same.json.email]).toEqual([200, json.email]);
      await http.patch(path, { locale: 'ru' }, ifMatch(same.json.version));
    }
  });

  it('changing the password ends all other sessions and keeps this one', async () => {
    const user = await createUser(await signIn(app, 'admin'));
    const here = await signIn(app, user.username);
    const there = await signIn(app, user.username);
    const change = (currentPassword: string, newPassword: string) =>
      here.post('/api/v1/auth/password', { currentPassword, newPassword });
    expect(refusal(await change('wrong password 1', NEW_PASSWORD))).toEqual([400, 'wrong_password']);
    expect(refusal(await change(GOOD_PASSWORD, 'qwertyuiop12'))).toEqual([400, 'password_too_weak']);
    expect((await change(GOOD_PASSWORD, NEW_PASSWORD)).status).toBe(204);
    expect((await here.get('/api/v1/users/me')).status).toBe(200);
    expect((await there.get('/api/v1/users/me')).status).toBe(401);
    await signIn(app, user.username, NEW_PASSWORD);
  });

  it('rehashes at sign-in when the parameters have changed', async () => {
    const stronger = await createTestApp({ databaseUrl: app.databaseUrl, env: { PASSWORD_HASH_KIB: '128' } });
    try {
      await signIn(stronger, 'store_admin');
      const [row] = await sql<{ hash: string }>(
        app,
        `SELECT password_hash AS hash FROM users WHERE username = 'store_admin'`,
      );
      expect(row?.hash).toContain('$argon2id$v=19$m=128,t=2,p=1$');
      await signIn(app, 'store_admin');
    } finally {
      await stronger.close();
    }
  });
});

describe('letters by SMTP', () => {
  it('a mail server that says nothing does not hold up the stop; the letter is not lost', async () => {
    const database = await createTestDatabase();
    const connections: Socket[] = [];
    const silent = createServer((socket) => void connections.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = silent.address() as AddressInfo;
      const env = { SMTP_URL: `smtp://127.0.0.1:${port}` };
      const app = await createTestApp({ databaseUrl: database.url, env });
      const connected = once(silent, 'connection');
      await createUser(await signIn(app, 'admin'), { email: 'patient@example.org', invite: true });
      await connected;
      const before = performance.now();
      await app.close();
      expect(performance.now() - before).toBeLessThan(8_000);
      const later = await createTestApp({ databaseUrl: database.url });
      try {
        await sql(later, 'UPDATE outbox SET next_attempt_at = now() WHERE done_at IS NULL');
        expect((await letters(later)).at(-1)).toContain('To: patient@example.org');
      } finally {
        await later.close();
      }
    } finally {
      for (const socket of connections) socket.destroy();
      silent.close();
      await database.drop();
    }
  });

  it('travel in the person’s language, and are tried again when the server refuses', async () => {
    const server = await startMailServer();
    const app = await createTestApp({ env: { SMTP_URL: server.url, MAIL_FROM: 'Portal <portal@example.org>' } });
    try {
      server.refuseNext(1);
      const admin = await signIn(app, 'admin');
      const user = await createUser(admin, {
        email: 'far@example.org',
        locale: 'en',
        fullName: 'Кто "то", <evil>',
        invite: true,
      });
      await delivered(app);
      expect(server.received).toEqual([]);
      await sql(app, 'UPDATE outbox SET next_attempt_at = now() WHERE done_at IS NULL');
      await delivered(app);
      expect(server.received).toHaveLength(1);
      const [mail] = server.received as [ReceivedMail];
      expect(mail).toMatchObject({
        from: 'portal@example.org',
        to: ['far@example.org'],
        subject: 'Your invitation to Besedka',
      });
      expect(mail.html).not.toContain('<evil>');
      const token = tokenIn(mail.text);
      expect(mail.text).toContain(`${app.config.http.publicUrl}/activate?token=${token}`);
      const answer = await admin.post<{ mailed: boolean }>(`/api/v1/users/${user.id}/invite`, {});
      expect(answer.json.mailed).toBe(true);
      expect((await app.http().get(`/api/v1/auth/activation?token=${token}`)).status).toBe(400);
    } finally {
      await app.close();
      await server.close();
    }
  });
});
