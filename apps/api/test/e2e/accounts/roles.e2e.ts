import type { Role } from '@besedka/contracts';
import { createUser, ifMatch, refusal, signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import { sql } from '../../support/accounts/accounts.js';
import type { RoleList } from './types.js';

const EDITOR = {
  key: 'editor',
  title: 'Редактор',
  level: 30,
  groups: ['user'],
  permissions: ['chats:create', 'chats:moderate'],
  manages: ['user'],
};

describe('roles', () => {
  let app: TestApp;
  let owner: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
  });
  afterAll(() => closeTestApp(app));

  const get = async (key: string): Promise<Role | undefined> =>
    (await owner.get<RoleList>('/api/v1/roles')).json.items.find((role) => role.key === key);

  it('lists the five built-in roles, highest first, with what may be given', async () => {
    const { items } = (await owner.get<RoleList>('/api/v1/roles')).json;
    expect(items.map((role) => [role.key, role.builtIn, role.assignable])).toEqual([
      ['owner', true, false],
      ['moderator', true, true],
      ['store_owner', true, true],
      ['store_admin', true, true],
      ['user', true, true],
    ]);
  });

  it('can be made, given, changed and deleted', async () => {
    const made = await owner.post<Role>('/api/v1/roles', EDITOR);
    expect(made.status).toBe(201);
    expect(made.json).toEqual({ ...EDITOR, builtIn: false, assignable: true, version: 1 });
    expect(refusal(await owner.post('/api/v1/roles', EDITOR))).toEqual([409, 'role_key_taken']);

    const user = await createUser(owner, { roles: ['editor'] });
    const http = await signIn(app, user.username);
    const { key: _key, ...fields } = EDITOR;
    const wanted = { ...fields, permissions: [...EDITOR.permissions, 'users:read'] };
    expect(refusal(await owner.put('/api/v1/roles/editor', wanted))).toEqual([428, 'precondition_required']);
    const changed = await owner.put<Role>('/api/v1/roles/editor', wanted, ifMatch(1));
    expect(changed.headers.get('etag')).toBe('"2"');
    expect((await http.get('/api/v1/users')).status).toBe(200);
    const late = await owner.put('/api/v1/roles/editor', wanted, ifMatch(1));
    expect(late.json).toMatchObject({ code: 'version_conflict', current: { version: 2 } });

    const inUse = await owner.delete('/api/v1/roles/editor', ifMatch(2));
    expect(inUse.json).toMatchObject({ status: 409, code: 'role_in_use', data: { holders: 1 } });
    await owner.delete(`/api/v1/users/${user.id}`, ifMatch(user.version));
    expect((await owner.delete('/api/v1/roles/editor', ifMatch(2))).status).toBe(204);
    expect(refusal(await owner.delete('/api/v1/roles/editor', ifMatch(2)))).toEqual([404, 'not_found']);
  });

  it('built-in ones keep what the build says; only the title can be changed, and survives a restart', async () => {
    const user = (await get('user')) as Role;
    const { key: _k, builtIn: _b, assignable: _a, version, ...fields } = user;
    const raised = await owner.put('/api/v1/roles/user', { ...fields, permissions: ['users:read'] }, ifMatch(version));
    expect(refusal(raised)).toEqual([409, 'role_built_in']);
    const titled = await owner.put<Role>('/api/v1/roles/user', { ...fields, title: 'Сосед' }, ifMatch(version));
    expect(titled.json.title).toBe('Сосед');
    expect(refusal(await owner.delete('/api/v1/roles/user', ifMatch(titled.json.version)))).toEqual([
      409,
      'role_built_in',
    ]);

    await sql(app, `UPDATE roles SET permissions = '{users:delete}', level = 99 WHERE key = 'user'`);
    await sql(app, `INSERT INTO roles (key, title, level, permissions) VALUES ('relic', 'Relic', 5, '{pigeons:send}')`);
    const restarted = await createTestApp({ databaseUrl: app.databaseUrl });
    try {
      expect(await get('user')).toMatchObject({ title: 'Сосед', level: 20, permissions: ['chats:create'] });
      expect(await get('relic')).toMatchObject({ level: 5, permissions: [] });
      expect(restarted.logs).toContainEqual(
        expect.objectContaining({
          role: 'relic',
          permissions: ['pigeons:send'],
          msg: 'a role has unknown permissions',
        }),
      );
    } finally {
      await restarted.close();
    }
  });

  it('below one’s own level, and with nothing that one does not have', async () => {
    await owner.post('/api/v1/roles', {
      ...EDITOR,
      key: 'role_maker',
      level: 70,
      permissions: ['roles:manage', 'roles:read', 'users:read'],
      manages: ['user'],
    });
    const user = await createUser(owner, { roles: ['role_maker'] });
    const http = await signIn(app, user.username);
    const make = (change: object) => http.post('/api/v1/roles', { ...EDITOR, key: 'made', permissions: [], ...change });
    expect(refusal(await make({ level: 70 }))).toEqual([403, 'role_too_high']);
    expect(refusal(await make({ permissions: ['users:delete'] }))).toEqual([403, 'forbidden']);
    expect(refusal(await make({ groups: ['vip'] }))).toEqual([403, 'forbidden']);
    expect(refusal(await make({ manages: ['*'] }))).toEqual([403, 'forbidden']);
    expect((await make({ level: 69, permissions: ['users:read'] })).status).toBe(201);
    const own = (await get('role_maker')) as Role;
    const { key: _k, builtIn: _b, assignable: _a, version, ...fields } = own;
    expect(refusal(await http.put('/api/v1/roles/role_maker', { ...fields, level: 50 }, ifMatch(version)))).toEqual([
      403,
      'role_too_high',
    ]);
  });

  it('are nobody’s business without the permission', async () => {
    const http = await signIn(app, 'test_user');
    expect(refusal(await http.get('/api/v1/roles'))).toEqual([403, 'forbidden']);
    expect(refusal(await http.post('/api/v1/roles', EDITOR))).toEqual([403, 'forbidden']);
  });

  it.each([
    ['an unknown permission', { permissions: ['users:fly'] }, 'permissions.0'],
    ['an unknown group', { groups: ['gods'] }, 'groups.0'],
    ['an unknown managed role', { manages: ['ghosts'] }, 'manages'],
    ['a level beyond the range', { level: 100 }, 'level'],
    ['a key with a space', { key: 'a b' }, 'key'],
  ])('%s is refused', async (_what, change, path) => {
    const answer = await owner.post<{ code: string; errors: { path: string }[] }>('/api/v1/roles', {
      ...EDITOR,
      ...change,
    });
    expect([answer.status, answer.json.code, answer.json.errors[0]?.path]).toEqual([400, 'validation_failed', path]);
  });
});
