import type { Me, User } from '@besedka/contracts';
import { createUser, GOOD_PASSWORD, ifMatch, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import type { RoleList, UserPage } from './types.js';

describe('reach', () => {
  let app: TestApp;
  let owner: HttpClient;
  let admin: HttpClient;
  let storeOwner: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    [owner, admin, storeOwner] = await Promise.all([
      signIn(app, 'owner'),
      signIn(app, 'admin'),
      signIn(app, 'store_owner'),
    ]);
  });
  afterAll(() => closeTestApp(app));

  const find = async (username: string): Promise<User> => {
    const page = await owner.get<UserPage>(`/api/v1/users?q=${username}&limit=200`);
    return page.json.items.find((user) => user.username === username) as User;
  };
  const patch = async (by: HttpClient, username: string, body: object) => {
    const user = await find(username);
    return by.patch(`/api/v1/users/${user.id}`, body, ifMatch(user.version));
  };
  const make = (by: HttpClient, roles: string[]) =>
    by.post('/api/v1/users', {
      username: `m${Date.now().toString(36)}${roles.join('')}`.slice(0, 30),
      fullName: 'Новый',
      password: GOOD_PASSWORD,
      roles,
    });

  it('nobody raises anyone to or above their own level', async () => {
    await createUser(admin, { username: 'climber' });
    expect(refusal(await patch(admin, 'climber', { roles: ['moderator'] }))).toEqual([403, 'role_too_high']);
    expect(refusal(await make(admin, ['moderator']))).toEqual([403, 'role_too_high']);
    expect((await patch(admin, 'climber', { roles: ['store_owner'] })).status).toBe(200);
  });

  it('nobody edits those at or above their own level', async () => {
    for (const name of ['owner']) {
      expect(refusal(await patch(admin, name, { fullName: 'Х' }))).toEqual([403, 'out_of_reach']);
      expect(refusal(await patch(admin, name, { status: 'disabled' }))).toEqual([403, 'out_of_reach']);
    }
    await createUser(owner, { username: 'peer', roles: ['moderator'] });
    expect(refusal(await patch(admin, 'peer', { fullName: 'Х' }))).toEqual([403, 'out_of_reach']);
    expect((await patch(owner, 'peer', { fullName: 'Хорошо' })).status).toBe(200);
  });

  it('a store owner manages store administrators only', async () => {
    expect(refusal(await patch(storeOwner, 'test_user', { fullName: 'Х' }))).toEqual([403, 'out_of_reach']);
    expect((await patch(storeOwner, 'store_admin', { fullName: 'Алла Новая' })).status).toBe(200);
    expect(refusal(await make(storeOwner, ['user']))).toEqual([403, 'out_of_reach']);
    expect((await make(storeOwner, ['store_admin'])).status).toBe(201);
    expect(refusal(await patch(storeOwner, 'store_admin', { roles: ['user'] }))).toEqual([403, 'out_of_reach']);
    expect((await patch(storeOwner, 'store_admin', { roles: ['store_admin', 'user'] })).status).toBe(200);
    const page = await storeOwner.get<UserPage>('/api/v1/users');
    const editable = page.json.items.filter((user) => user.editable).map((user) => user.username);
    expect(editable).toEqual(expect.arrayContaining(['store_admin', 'store_owner']));
    expect(editable).not.toEqual(expect.arrayContaining(['test_user']));
    const roles = await storeOwner.get<RoleList>('/api/v1/roles');
    expect(roles.json.items.filter((role) => role.assignable).map((role) => role.key)).toEqual(['store_admin']);
    const sam = await find('store_admin');
    expect(refusal(await storeOwner.delete(`/api/v1/users/${sam.id}`, ifMatch(sam.version)))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('a store owner reads store administrators and their own account only, everybody else as any user does', async () => {
    await createUser(owner, { username: 'both_roles', roles: ['store_admin', 'user'] });
    await createUser(owner, { username: 'mixed_roles', roles: ['store_admin', 'moderator'] });
    const roleless = await createUser(owner, { username: 'no_roles' });
    await sql(app, 'DELETE FROM user_roles WHERE user_id = $1', [roleless.id]);
    const everybody = (await owner.get<UserPage>('/api/v1/users?limit=200')).json.items;
    const { items } = (await storeOwner.get<UserPage>('/api/v1/users?limit=200')).json;
    const mine = items.map((user) => user.username);
    expect(mine).toEqual(expect.arrayContaining(['store_owner', 'store_admin', 'both_roles', 'no_roles']));
    for (const hidden of ['owner', 'admin', 'test_user', 'mixed_roles']) expect(mine).not.toContain(hidden);
    // The list and the single account follow the same rule.
    for (const { id, username } of everybody) {
      const { status } = await storeOwner.get(`/api/v1/users/${id}`);
      expect([username, status]).toEqual([username, mine.includes(username) ? 200 : 404]);
    }
    for (const query of ['q=test_user', 'q=owner@besedka', 'role=moderator', 'status=active&role=user&q=test']) {
      const found = (await storeOwner.get<UserPage>(`/api/v1/users?${query}`)).json.items;
      expect(found.filter((user) => !mine.includes(user.username))).toEqual([]);
    }
    const taken = await storeOwner.post('/api/v1/users', {
      username: 'curious',
      email: 'test_user@besedka.local',
      fullName: 'Любопытный',
      password: GOOD_PASSWORD,
      roles: ['store_admin'],
    });
    expect(refusal(taken)).toEqual([409, 'email_taken']);
    expect(taken.json).not.toHaveProperty('data');
    const all = (await admin.get<UserPage>('/api/v1/users?limit=200')).json.items;
    expect(all).toHaveLength(everybody.length);
  });

  it('the owner role is neither given nor taken', async () => {
    expect(refusal(await make(owner, ['owner']))).toEqual([409, 'owner_only_by_handover']);
    expect(refusal(await patch(owner, 'admin', { roles: ['owner'] }))).toEqual([409, 'owner_only_by_handover']);
  });

  it('nobody changes their own roles or status, or deletes themselves; the rest they may', async () => {
    for (const [by, name] of [
      [owner, 'owner'],
      [admin, 'admin'],
    ] as const) {
      expect(refusal(await patch(by, name, { roles: ['user'] }))).toEqual([409, 'own_account']);
      expect(refusal(await patch(by, name, { status: 'disabled' }))).toEqual([409, 'own_account']);
      const self = await find(name);
      expect(refusal(await by.delete(`/api/v1/users/${self.id}`, ifMatch(self.version)))).toEqual([409, 'own_account']);
      expect(refusal(await by.delete(`/api/v1/users/${self.id}/sessions`))).toEqual([409, 'own_account']);
      expect((await patch(by, name, { fullName: `Я ${name}` })).status).toBe(200);
    }
  });

  it('unknown roles are named', async () => {
    const answer = await make(owner, ['user', 'wizard']);
    expect(answer.json).toMatchObject({ status: 400, code: 'role_unknown', data: { roles: ['wizard'] } });
  });
});

describe('the owner', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  const owners = () =>
    sql<{ username: string }>(
      app,
      `SELECT username FROM users u JOIN user_roles ur ON ur.user_id = u.id WHERE role_key = 'owner' AND deleted_at IS NULL`,
    );
  const idOf = async (username: string): Promise<string> => {
    const [row] = await sql<{ id: string }>(app, 'SELECT id FROM users WHERE username = $1', [username]);
    return row?.id ?? '';
  };

  it('hands over with the password, to an active account, and becomes a moderator', async () => {
    const owner = await signIn(app, 'owner');
    const heir = await createUser(owner, { username: 'heir', roles: ['moderator'] });
    const http = await signIn(app, 'heir');
    const hand = (userId: string, password: string) => owner.post('/api/v1/roles/owner/handover', { userId, password });
    expect(refusal(await hand(heir.id, 'wrong password 1'))).toEqual([400, 'wrong_password']);
    expect(refusal(await hand(await idOf('owner'), 'owner123secure'))).toEqual([409, 'own_account']);
    expect(refusal(await hand('01890000-0000-7000-8000-000000000000', 'owner123secure'))).toEqual([404, 'not_found']);
    const invited = await createUser(owner, { invite: true, email: 'later@example.org' });
    expect(refusal(await hand(invited.id, 'owner123secure'))).toEqual([409, 'user_unavailable']);
    expect(await owners()).toEqual([{ username: 'owner' }]);

    expect((await hand(heir.id, 'owner123secure')).status).toBe(204);
    expect(await owners()).toEqual([{ username: 'heir' }]);
    expect((await owner.get<Me>('/api/v1/users/me')).json.roles).toEqual(['moderator']);
    expect((await http.get<Me>('/api/v1/users/me')).json.roles).toEqual(['owner']);
    expect(refusal(await hand(heir.id, 'owner123secure'))).toEqual([403, 'forbidden']);

    const back = await http.post('/api/v1/roles/owner/handover', {
      userId: await idOf('owner'),
      password: GOOD_PASSWORD,
    });
    expect(back.status).toBe(204);
  });

  it('is exactly one, however many hand over at once', async () => {
    const owner = await signIn(app, 'owner');
    const heirs = [];
    for (let n = 0; n < 8; n += 1) heirs.push(await createUser(owner));
    const answers = await Promise.all(
      heirs.map((heir) => owner.post('/api/v1/roles/owner/handover', { userId: heir.id, password: 'owner123secure' })),
    );
    expect(answers.filter((answer) => answer.status === 204)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 403)).toHaveLength(7);
    expect(await owners()).toHaveLength(1);
  });

  it('the last person who can administer stays', async () => {
    await sql(app, `DELETE FROM user_roles WHERE role_key IN ('owner', 'moderator', 'store_owner')`);
    // An emergency without an owner: two who administer, each of whom could remove the other.
    await sql(
      app,
      `INSERT INTO roles (key, title, level, groups, permissions, manages) VALUES
         ('chief', 'Chief', 90, '{user}', '{users:read,users:update,users:disable,users:delete,roles:manage,roles:read}', '{*}')`,
    );
    await sql(app, `INSERT INTO user_roles SELECT id, 'chief' FROM users WHERE username = 'admin'`);
    const chief = await signIn(app, 'admin');
    // The only one changes the role so that nobody could administer any more.
    const role = (await chief.get<RoleList>('/api/v1/roles')).json.items.find((item) => item.key === 'chief');
    const body = { title: 'Chief', level: 80, groups: ['user'], permissions: ['users:read'], manages: ['*'] };
    await sql(
      app,
      `INSERT INTO roles (key, title, level, permissions) VALUES ('top', 'Top', 95, '{roles:manage,users:read}')`,
    );
    await sql(app, `INSERT INTO user_roles SELECT id, 'top' FROM users WHERE username = 'admin'`);
    const answer = await chief.put('/api/v1/roles/chief', body, ifMatch(role?.version ?? 0));
    expect(refusal(answer)).toEqual([409, 'last_administrator']);
    const [kept] = await sql<{ level: number }>(app, `SELECT level FROM roles WHERE key = 'chief'`);
    expect(kept?.level).toBe(90);
  });
});
