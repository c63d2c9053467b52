import type { User } from '@besedka/contracts';
import { DomainEvents } from '../../../src/common/events/domain-events.js';
import { AccountHooksRegistry } from '../../../src/modules/users/account-hooks.js';
import { createUser, GOOD_PASSWORD, ifMatch, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import type { UserPage } from './types.js';

describe('administration of accounts', () => {
  let app: TestApp;
  let owner: HttpClient;
  let admin: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
    admin = await signIn(app, 'admin');
  });
  afterAll(() => closeTestApp(app));

  const byName = async (username: string): Promise<User> => {
    const page = await owner.get<UserPage>(`/api/v1/users?q=${username}`);
    const user = page.json.items.find((item) => item.username === username);
    if (user === undefined) throw new Error(`no ${username}`);
    return user;
  };
  const fieldsOf = ({ username, fullName, email, locale, roles }: User) => ({
    username,
    fullName,
    email,
    locale,
    roles,
  });

  it('F24 PUT /api/v1/users/{id} works and stands in the interface description', async () => {
    const user = await createUser(admin);
    const body = { ...fieldsOf(user), fullName: 'Иное Имя' };
    const put = await admin.put<User>(`/api/v1/users/${user.id}`, body, ifMatch(user.version));
    expect(put.status).toBe(200);
    expect(put.json).toMatchObject({ fullName: 'Иное Имя', version: user.version + 1 });
    expect((await admin.get<User>(`/api/v1/users/${user.id}`)).json.fullName).toBe('Иное Имя');
    const document = await admin.get<{ paths: Record<string, object> }>('/api/openapi.json');
    expect(Object.keys(document.json.paths['/api/v1/users/{id}'] ?? {}).sort()).toEqual([
      'delete',
      'get',
      'patch',
      'put',
    ]);
    expect(Object.keys(document.json.paths['/api/v1/users/me'] ?? {}).sort()).toEqual(['get', 'patch']);
    expect(Object.keys(document.json.paths['/api/v1/roles/{key}'] ?? {}).sort()).toEqual(['delete', 'put']);
  });

  it('writes need the version: 428 without, 412 with the present state on conflict, 400 for nonsense', async () => {
    const user = await createUser(admin);
    const path = `/api/v1/users/${user.id}`;
    expect((await admin.get(path)).headers.get('etag')).toBe(`"${user.version}"`);
    expect(refusal(await admin.patch(path, { fullName: 'Без Версии' }))).toEqual([428, 'precondition_required']);
    const first = await admin.patch<User>(path, { fullName: 'Первое Имя' }, ifMatch(user.version));
    expect(first.headers.get('etag')).toBe(`"${first.json.version}"`);
    for (const method of ['PATCH', 'PUT', 'DELETE']) {
      const json = method === 'DELETE' ? undefined : { ...fieldsOf(user), fullName: 'Второе Имя' };
      const late = await admin.request(method, path, { json, ...ifMatch(user.version) });
      expect(refusal(late)).toEqual([412, 'version_conflict']);
      expect(late.json.current).toEqual(first.json);
    }
    for (const tag of ['*', 'x', '"x"', '1']) {
      const answer = await admin.patch(path, { fullName: 'Имя' }, { headers: { 'if-match': tag } });
      expect(refusal(answer)).toEqual([400, 'malformed_request']);
    }
    const same = await admin.patch<User>(path, { fullName: 'Первое Имя' }, ifMatch(first.json.version));
    expect(same.json.version).toBe(first.json.version);
  });

  it('of two who save at once, one succeeds and the other sees what is stored', async () => {
    const user = await createUser(admin);
    const save = (fullName: string) =>
      admin.patch<User>(`/api/v1/users/${user.id}`, { fullName }, ifMatch(user.version));
    const answers = await Promise.all(Array.from({ length: 12 }, (_n, n) => save(`Имя ${n}`)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(11);
  });

  it('F29 a taken user name or address is refused with the existing account named', async () => {
    const body = { username: 'owner', fullName: 'Второй', password: GOOD_PASSWORD };
    for (const username of ['owner', 'OWNER', ' Owner ']) {
      const answer = await admin.post('/api/v1/users', { ...body, username });
      expect(answer.json).toMatchObject({ status: 409, code: 'username_taken', data: { username: 'owner' } });
    }
    const email = await admin.post('/api/v1/users', { ...body, username: 'second', email: 'ADMIN@besedka.local' });
    expect(email.json).toMatchObject({ status: 409, code: 'email_taken', data: { username: 'admin' } });
    const both = await admin.post('/api/v1/users', { ...body, email: 'ADMIN@besedka.local' });
    expect(both.json).toMatchObject({
      status: 409,
      code: 'username_taken',
      errors: [
        { path: 'username', code: 'username_taken' },
        { path: 'email', code: 'email_taken' },
      ],
      data: { username: 'owner', emailTakenBy: 'admin' },
    });
    const user = await createUser(admin);
    const renamed = await admin.patch(`/api/v1/users/${user.id}`, { username: 'admin' }, ifMatch(user.version));
    expect(renamed.json).toMatchObject({ status: 409, code: 'username_taken', data: { username: 'admin' } });
  });

  it.each(['store-owner', 'storeowner', 'store.admin', 'o.w.n.e.r', 'ad-min'])(
    'F29 %s is too like the name of a key account',
    async (username) => {
      const answer = await owner.post('/api/v1/users', { username, fullName: 'Двойник', password: GOOD_PASSWORD });
      expect(answer.json).toMatchObject({
        status: 409,
        code: 'key_account_exists',
        data: { username: expect.any(String) },
      });
    },
  );

  it.each(['оwner', 'ｏwner', 'owner\u200b', 'öwner', 'own er'])('F29 %s is no user name at all', async (username) => {
    const answer = await owner.post('/api/v1/users', { username, fullName: 'Двойник', password: GOOD_PASSWORD });
    expect(refusal(answer)).toEqual([400, 'validation_failed']);
  });

  it('F29 of fifty that want the same name at once, one gets it', async () => {
    const body = { username: 'wanted', fullName: 'Желанный', password: GOOD_PASSWORD };
    const answers = await Promise.all(Array.from({ length: 50 }, () => owner.post('/api/v1/users', body)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.json.code === 'username_taken')).toHaveLength(49);
  });

  it('F29 those who may not read users learn only that it is taken', async () => {
    await owner.post('/api/v1/roles', {
      key: 'recruiter',
      title: 'Рекрутер',
      level: 50,
      groups: ['user'],
      permissions: ['users:create'],
      manages: ['user'],
    });
    const recruiter = await createUser(owner, { roles: ['recruiter'] });
    const http = await signIn(app, recruiter.username);
    const answer = await http.post('/api/v1/users', { username: 'owner', fullName: 'Второй', password: GOOD_PASSWORD });
    expect(answer.json.code).toBe('username_taken');
    expect(answer.json).not.toHaveProperty('data');
  });

  it('deleting frees user name and address, ends sessions, and keeps the person’s name for their messages', async () => {
    const user = await createUser(admin, { username: 'leaver', email: 'leaver@example.org' });
    const http = await signIn(app, 'leaver');
    expect((await admin.delete(`/api/v1/users/${user.id}`, ifMatch(user.version))).status).toBe(204);
    expect((await http.get('/api/v1/users/me')).status).toBe(401);
    expect(refusal(await admin.get(`/api/v1/users/${user.id}`))).toEqual([404, 'not_found']);
    expect(refusal(await admin.delete(`/api/v1/users/${user.id}`, ifMatch(user.version + 1)))).toEqual([
      404,
      'not_found',
    ]);
    await expect(signIn(app, 'leaver')).rejects.toThrow('invalid_credentials');
    const next = await createUser(admin, { username: 'leaver', email: 'LEAVER@example.org' });
    expect(next.id).not.toBe(user.id);
    const [row] = await sql<{ name: string }>(app, 'SELECT full_name AS name FROM users WHERE id = $1', [user.id]);
    expect(row?.name).toBe(user.fullName);
  });

  it('disabling ends sessions at once and says so; enabling lets in again', async () => {
    const user = await createUser(admin);
    const http = await signIn(app, user.username);
    const ended: unknown[] = [];
    const stop = app.get(DomainEvents).on('auth.sessions-ended', (event) => void ended.push(event));
    const path = `/api/v1/users/${user.id}`;
    const disabled = await admin.patch<User>(path, { status: 'disabled' }, ifMatch(user.version));
    stop();
    expect(disabled.json.status).toBe('disabled');
    expect(ended).toEqual([{ userId: user.id, sessionIds: 'all', reason: 'disabled' }]);
    expect((await http.get('/api/v1/users/me')).status).toBe(401);
    await expect(signIn(app, user.username)).rejects.toThrow('invalid_credentials');
    await admin.patch(path, { status: 'active' }, ifMatch(disabled.json.version));
    await signIn(app, user.username);
  });

  it('an invited account is activated by its owner only; disabled and enabled, it is invited again', async () => {
    const user = await createUser(admin, { invite: true, email: 'patient@example.org' });
    const path = `/api/v1/users/${user.id}`;
    const active = await admin.patch(path, { status: 'active' }, ifMatch(user.version));
    expect(active.json).toMatchObject({ status: 400, errors: [{ path: 'status', code: 'not_activated' }] });
    const disabled = await admin.patch<User>(path, { status: 'disabled' }, ifMatch(user.version));
    const enabled = await admin.patch<User>(path, { status: 'active' }, ifMatch(disabled.json.version));
    expect(enabled.json.status).toBe('invited');
  });

  it('a lost role takes its rights at once, and the hooks and events hear of it', async () => {
    const user = await createUser(owner, { roles: ['moderator'] });
    const http = await signIn(app, user.username);
    expect((await http.get('/api/v1/users')).status).toBe(200);
    const heard: unknown[] = [];
    const stop = app.get(DomainEvents).on('users.access-changed', (event) => void heard.push(event.userIds));
    app.get(AccountHooksRegistry).register({
      accessChanged: async (_ctx, tx, userIds) => {
        const [row] = await tx.query<{ roles: string }>(
          `SELECT string_agg(role_key, ',') AS roles FROM user_roles WHERE user_id = ANY ($1::uuid[])`,
          [userIds],
        );
        heard.push(row?.roles);
      },
    });
    await owner.patch(`/api/v1/users/${user.id}`, { roles: ['user'] }, ifMatch(user.version));
    stop();
    expect(heard).toEqual(['user', [user.id]]);
    expect(refusal(await http.get('/api/v1/users'))).toEqual([403, 'forbidden']);
  });

  it('sessions of others are seen and ended within reach', async () => {
    const user = await createUser(admin);
    const http = await signIn(app, user.username);
    const list = await admin.get<{ items: unknown[] }>(`/api/v1/users/${user.id}/sessions`);
    expect(list.json.items).toHaveLength(1);
    expect((await admin.delete(`/api/v1/users/${user.id}/sessions`)).status).toBe(204);
    expect((await http.get('/api/v1/users/me')).status).toBe(401);
    const boss = await byName('owner');
    expect(refusal(await admin.get(`/api/v1/users/${boss.id}/sessions`))).toEqual([403, 'out_of_reach']);
    expect(refusal(await admin.delete(`/api/v1/users/${boss.id}/sessions`))).toEqual([403, 'out_of_reach']);
  });

  it('missing and forbidden are one answer to those who may not read users', async () => {
    const http = await signIn(app, 'test_user');
    const boss = await byName('owner');
    for (const id of [boss.id, '01890000-0000-7000-8000-000000000000']) {
      expect(refusal(await http.get(`/api/v1/users/${id}`))).toEqual([403, 'forbidden']);
      expect(refusal(await http.delete(`/api/v1/users/${id}`, ifMatch(1)))).toEqual([403, 'forbidden']);
    }
    expect(refusal(await admin.get('/api/v1/users/not-an-id'))).toEqual([400, 'validation_failed']);
  });

  it('own profile: name, language, theme; another window’s change is noticed when the version is told', async () => {
    const user = await createUser(admin);
    const http = await signIn(app, user.username);
    const heard: unknown[] = [];
    const stop = app.get(DomainEvents).on('users.profile-changed', (event) => void heard.push(event.user.fullName));
    const first = await http.patch<{ version: number }>(
      '/api/v1/users/me',
      { fullName: 'Сам Себе', theme: 'dark' },
      ifMatch(1),
    );
    stop();
    expect(first.json).toMatchObject({
      fullName: 'Сам Себе',
      theme: 'dark',
      locale: 'ru',
      enterSends: true,
      version: 2,
    });
    expect(heard).toEqual(['Сам Себе']);
    const late = await http.patch('/api/v1/users/me', { locale: 'en' }, ifMatch(1));
    expect(late.json).toMatchObject({ code: 'version_conflict', current: { version: 2 } });
    expect((await http.patch('/api/v1/users/me', { locale: 'en', enterSends: false })).json).toMatchObject({
      locale: 'en',
      enterSends: false,
      version: 3,
    });
    expect(refusal(await http.patch('/api/v1/users/me', { roles: ['owner'] }))).toEqual([400, 'validation_failed']);
  });
});
