import type { RoleNames } from '@besedka/contracts';
import { RoleNamesService } from '../../../src/modules/oauth-provider/role-names.service.js';
import { createUser, ifMatch, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { bearer, exchange, register, signInTo } from '../../support/oauth/applications.js';
import { statementsOf } from '../../support/statements.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const PATH = '/api/v1/oauth/role-names';

describe('role names for other applications', () => {
  let app: TestApp;
  let owner: HttpClient;
  beforeEach(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
  });
  afterEach(() => closeTestApp(app));

  it('begin as the product says, for every role that there is', async () => {
    const answer = await owner.get<RoleNames>(PATH);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.json).toEqual({
      items: [
        { role: 'owner', title: 'Владелец', names: ['admin', 'vip'] },
        { role: 'moderator', title: 'Модератор', names: ['admin'] },
        { role: 'store_owner', title: 'Владелец магазина', names: [] },
        { role: 'store_admin', title: 'Администратор магазина', names: [] },
        { role: 'user', title: 'Пользователь', names: [] },
      ],
      version: 1,
    });
    const names = app.get(RoleNamesService);
    expect(await names.namesFor(['moderator', 'owner', 'user'])).toEqual(['admin', 'user', 'vip']);
    expect(await names.namesFor(['nobody-knows', 'constructor'])).toEqual(['user']);
    expect(await statementsOf(app, () => names.namesFor([]))).toEqual([]);
    expect(await names.namesFor([])).toEqual(['user']);
  });

  it('a change holds for the next identity answer; roles that are left out give nothing', async () => {
    const board = await register(owner, { firstParty: true, scopes: ['openid', 'roles'] });
    const moderator = await signIn(app, 'admin');
    const { code, verifier } = await signInTo(moderator, board, { scope: 'openid roles' });
    const { json: tokens } = await exchange(app.http(), board, code, verifier);
    const roles = async (): Promise<unknown> =>
      (await app.http().get<{ roles: unknown }>('/o/userinfo', bearer(tokens.access_token))).json.roles;
    expect(await roles()).toEqual(['admin', 'user']);
    const wanted = { items: [{ role: 'moderator', names: ['vip', 'leader', 'vip'] }] };
    const changed = await owner.put<RoleNames>(PATH, wanted, ifMatch(1));
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(changed.json.items.filter(({ names }) => names.length > 0)).toEqual([
      { role: 'moderator', title: 'Модератор', names: ['leader', 'vip'] },
    ]);
    expect(await roles()).toEqual(['leader', 'user', 'vip']);
    const log = await owner.get<{ items: object[] }>('/api/v1/audit?key=oauth.role-names.changed');
    expect(log.json.items).toMatchObject([
      { subjectId: null, actorName: 'owner', facts: { roles: ['moderator', 'owner'] } },
    ]);
  });

  it('two who edit see both versions; the same again changes nothing', async () => {
    const wanted = { items: [{ role: 'owner', names: ['boss'] }] };
    expect(refusal(await owner.put(PATH, wanted))).toEqual([428, 'precondition_required']);
    expect((await owner.put(PATH, wanted, ifMatch(1))).status).toBe(200);
    const late = await owner.put(PATH, { items: [] }, ifMatch(1));
    expect([late.status, late.json]).toMatchObject([412, { code: 'version_conflict', current: { version: 2 } }]);
    expect((await owner.put<RoleNames>(PATH, wanted, ifMatch(2))).json.version).toBe(2);
  });

  it('roles that do not exist, roles named twice and names that are none are refused', async () => {
    const unknown = await owner.put(PATH, { items: [{ role: 'ghost', names: ['x'] }] }, ifMatch(1));
    expect(unknown.json).toMatchObject({ status: 400, code: 'role_unknown', data: { roles: ['ghost'] } });
    const twice = [
      { role: 'user', names: ['a'] },
      { role: 'user', names: ['b'] },
    ];
    expect((await owner.put(PATH, { items: twice }, ifMatch(1))).json).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'items.1.role', code: 'duplicate' }],
    });
    for (const name of ['Admin', '', 'a b', 'x'.repeat(41)]) {
      const answer = await owner.put(PATH, { items: [{ role: 'user', names: [name] }] }, ifMatch(1));
      expect(answer.json).toMatchObject({ errors: [{ path: 'items.0.names.0', code: 'bad_role_name' }] });
    }
  });

  it('a role of one’s own takes part, and is forgotten when it is deleted', async () => {
    const editor = { key: 'editor', title: 'Редактор', level: 30, groups: ['user'], permissions: [], manages: [] };
    await owner.post('/api/v1/roles', editor);
    await createUser(owner, { roles: ['user'] });
    await owner.put(PATH, { items: [{ role: 'editor', names: ['writer'] }] }, ifMatch(1));
    expect(await app.get(RoleNamesService).namesFor(['editor'])).toEqual(['user', 'writer']);
    expect((await owner.delete('/api/v1/roles/editor', ifMatch(1))).status).toBe(204);
    const { json } = await owner.get<RoleNames>(PATH);
    expect(json.items.map(({ role }) => role)).not.toContain('editor');
    expect((await owner.put(PATH, { items: [] }, ifMatch(2))).status).toBe(200);
    expect(await sql(app, 'SELECT role_names AS names FROM oauth_settings')).toEqual([{ names: {} }]);
  });
});
