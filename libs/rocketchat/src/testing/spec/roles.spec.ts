import { ADMIN, refused, scene, type Scene } from './support.js';

describe('roles.list|addUserToRole|removeUserFromRole|getUsersInRole', () => {
  let there: Scene;
  beforeEach(async () => {
    there = await scene();
    there.double.make.user('alice');
  });
  afterEach(() => there.double.close());

  it('already/not in role are 400 errors; only built-in roles exist', async () => {
    const { bridge } = there;
    const body = { username: 'alice', roleId: 'bot' };
    expect((await bridge.post('roles.addUserToRole', body)).body.role).toMatchObject({ _id: 'bot', protected: true });
    expect((await bridge.post('roles.addUserToRole', body)).body).toMatchObject(
      refused('error-user-already-in-role') as object,
    );
    const users = (await bridge.get('roles.getUsersInRole', { role: 'bot' })).body;
    expect([users.total, (users.users as { username: string }[]).map(({ username }) => username)]).toEqual([
      2,
      ['rocket.cat', 'alice'],
    ]);
    await bridge.post('roles.removeUserFromRole', body);
    expect((await bridge.post('roles.removeUserFromRole', body)).body).toMatchObject(
      refused('error-user-not-in-role') as object,
    );
    const unknown = await bridge.post('roles.addUserToRole', { username: 'alice', roleId: 'portal-moderator' });
    expect(unknown.body).toMatchObject(refused('error-role-not-found') as object);
    expect((await bridge.post('roles.create', { name: 'x' })).status).toBe(404);
    const list = (await bridge.get('roles.list')).body.roles as { _id: string }[];
    expect(list.map(({ _id }) => _id)).toContain('moderator');
  });

  it('last admin refused', async () => {
    const { bridge } = there;
    const body = { username: ADMIN.username, roleId: 'admin' };
    expect((await bridge.post('roles.removeUserFromRole', body)).body).toMatchObject(
      refused('error-admin-required') as object,
    );
    await bridge.post('roles.addUserToRole', { username: 'alice', roleId: 'admin' });
    expect((await bridge.post('roles.removeUserFromRole', body)).status).toBe(200);
  });

  it('roleName is known to 7.x only', async () => {
    const old = await scene({ profile: '7.x' });
    old.double.make.user('alice');
    const body = { username: 'alice', roleName: 'bot' };
    expect((await old.bridge.post('roles.addUserToRole', body)).status).toBe(200);
    expect((await there.bridge.post('roles.addUserToRole', body)).body.errorType).toBe('invalid-params');
    await old.double.close();
  });
});

describe('Permissions', () => {
  let there: Scene;
  beforeEach(async () => {
    there = await scene();
  });
  afterEach(() => there.double.close());

  it('users may create rooms by default, until permissions.update takes it away', async () => {
    const { bridge, user } = there;
    const own = user('alice');
    expect((await own.post('channels.create', { name: 'mine' })).status).toBe(200);
    expect((await own.post('groups.create', { name: 'mine-too' })).status).toBe(200);
    const { body } = await bridge.post('permissions.update', { permissions: [{ _id: 'create-c', roles: ['admin'] }] });
    expect(body.permissions).toContainEqual({ _id: 'create-c', roles: ['admin'] });
    expect((await own.post('channels.create', { name: 'again' })).status).toBe(403);
    expect((await own.post('permissions.update', { permissions: [] })).status).toBe(403);
    expect(
      (await bridge.post('permissions.update', { permissions: [{ _id: 'no-such', roles: [] }] })).body.errorType,
    ).toBe('error-invalid-permission');
  });

  it('add-user-to-any-p-room empty; inaccessible private group = error-room-not-found', async () => {
    const { bridge, double } = there;
    const all = (await bridge.get('permissions.listAll')).body.update as { _id: string; roles: string[] }[];
    expect(all.find(({ _id }) => _id === 'add-user-to-any-p-room')?.roles).toEqual([]);
    double.make.user('alice');
    const secret = double.make.group('secret', 'alice');
    expect((await bridge.get('groups.info', { roomName: 'secret' })).body).toMatchObject(
      refused('error-room-not-found') as object,
    );
    expect((await bridge.post('groups.invite', { roomId: secret._id, username: ADMIN.username })).body.errorType).toBe(
      'error-room-not-found',
    );
    expect((await bridge.post('groups.create', { name: 'secret' })).body.errorType).toBe(
      'error-duplicate-channel-name',
    );
    const rooms = (await bridge.get('rooms.adminRooms', { filter: 'secret' })).body.rooms as { _id: string }[];
    expect(rooms.map(({ _id }) => _id)).toEqual([secret._id]);
  });

  it('a missing permission can be ordered', async () => {
    const { bridge, double } = there;
    double.faults.order({ name: 'missing-permission', permission: 'create-user' });
    expect((await bridge.post('users.create', {})).status).toBe(403);
    double.faults.remove('missing-permission');
    expect((await bridge.post('users.create', {})).status).toBe(400);
  });
});
