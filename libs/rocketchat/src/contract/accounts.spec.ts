import { collect, RocketChatClient, type RocketChatUser } from '../index.js';
import { eachTarget } from '../testing/spec/each-target.js';

eachTarget('accounts', (target) => {
  let admin: RocketChatClient;
  let anna: RocketChatUser;
  beforeAll(async () => {
    ({ admin } = target());
    anna = await target().person('anna');
  });

  it('are found, or not', async () => {
    expect(anna).toMatchObject({ username: `temp_anna_${target().mark}`, active: true, roles: ['user'] });
    expect(await admin.users.info({ username: anna.username! })).toMatchObject({ _id: anna._id });
    expect(await admin.users.find({ userId: anna._id })).toMatchObject({
      emails: [{ address: anna.emails![0]!.address }],
    });
    expect(await admin.users.find({ username: `nobody_${target().mark}` })).toBeUndefined();
    await expect(admin.users.info({ userId: 'nobody' })).rejects.toMatchObject({ kind: 'not-found' });
    expect((await collect(admin.users.list())).map(({ _id }) => _id)).toContain(anna._id);
  });

  it('are made once by name and by e-mail address', async () => {
    const { mark } = target();
    const again = {
      name: 'Anna',
      password: target().password,
      email: `other_${mark}@example.org`,
      username: anna.username!,
    };
    const taken = { kind: 'conflict', errorType: 'error-field-unavailable' };
    await expect(admin.users.create(again)).rejects.toMatchObject(taken);
    const sameMail = { ...again, username: `temp_other_${mark}`, email: anna.emails![0]!.address };
    await expect(admin.users.create(sameMail)).rejects.toMatchObject(taken);
  });

  it('are changed, past the second factor', async () => {
    await admin.users.update(anna._id, { name: 'Анна Каренина' });
    expect(await admin.users.info({ userId: anna._id })).toMatchObject({ name: 'Анна Каренина' });
  });

  it('get a global role once, and lose it once', async () => {
    const bot = { username: anna.username!, roleId: 'bot' };
    expect(await admin.roles.addUser(bot)).toEqual({ changed: true });
    expect(await admin.roles.addUser(bot)).toEqual({ changed: false });
    expect(await admin.roles.addUser(bot, { compared: true })).toEqual({ changed: false });
    expect((await collect(admin.roles.usersInRole('bot'))).map(({ _id }) => _id)).toContain(anna._id);
    expect(await admin.roles.removeUser(bot)).toEqual({ changed: true });
    expect(await admin.roles.removeUser(bot)).toEqual({ changed: false });
    expect(await admin.roles.removeUser(bot, { compared: true })).toEqual({ changed: false });
    await expect(admin.roles.addUser({ ...bot, roleId: 'no_such_role' })).rejects.toMatchObject({ kind: 'not-found' });
    expect((await admin.roles.list()).map(({ _id }) => _id)).toEqual(
      expect.arrayContaining(['admin', 'user', 'bot', 'moderator']),
    );
  });

  it('lose their sessions when an admin ends them; with a password one signs in again', async () => {
    const hers = new RocketChatClient({
      ...target().wire,
      baseUrl: admin.baseUrl,
      credentials: { kind: 'password', user: anna.username!, password: target().password },
    });
    const session = admin.as(await hers.auth.login({ user: anna.username!, password: target().password }));
    expect(await hers.auth.me()).toMatchObject({ _id: anna._id });
    expect(await session.auth.me()).toMatchObject({ _id: anna._id });
    await admin.users.logout(anna._id);
    await expect(session.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(await hers.auth.me()).toMatchObject({ _id: anna._id });
  });

  it('may not do what an admin may', async () => {
    const hers = await target().as(anna);
    await expect(hers.settings.get('SMTP_Password')).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
    await expect(hers.settings.set('Site_Name', 'x', { compared: true })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(
      hers.users.create({ name: 'x', email: 'x@example.org', username: 'x', password: 'x' }),
    ).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('get a session from us by the secret of the server, and with no other', async () => {
    const { tokenSecret } = target();
    if (tokenSecret === undefined) {
      await expect(admin.users.createToken(anna._id, 'no secret is set')).rejects.toMatchObject({ kind: 'forbidden' });
      return;
    }
    const tokens = await admin.users.createToken(anna._id, tokenSecret);
    expect(tokens.userId).toBe(anna._id);
    expect(await admin.as(tokens).auth.me()).toMatchObject({ _id: anna._id });
    if (target().secretIsChecked) {
      await expect(admin.users.createToken(anna._id, 'wrong')).rejects.toMatchObject({
        kind: 'forbidden',
        errorType: 'error-not-authorized',
      });
    }
  });

  it('work with a personal token, until it is taken back', async () => {
    const tokenName = `temp_${target().mark}`;
    const token = await admin.users.generatePersonalAccessToken(tokenName, { bypassTwoFactor: true });
    const { _id: userId } = await admin.auth.me();
    const bridge = admin.as({ kind: 'token', userId, token, password: target().account.password });
    expect(await bridge.auth.me()).toMatchObject({ _id: userId });
    await expect(admin.users.generatePersonalAccessToken(tokenName)).rejects.toMatchObject({ kind: 'conflict' });
    await admin.users.removePersonalAccessToken(tokenName);
    await expect(bridge.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
  });

  it('are disabled and enabled once; a disabled one is signed out and cannot sign in', async () => {
    const boris = await target().person('boris');
    const his = await target().as(boris);
    expect(await admin.users.setActiveStatus(boris._id, false)).toEqual({ changed: true });
    expect(await admin.users.setActiveStatus(boris._id, false)).toEqual({ changed: false });
    await expect(his.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
    await expect(his.auth.login({ user: boris.username!, password: target().password })).rejects.toMatchObject({
      kind: 'unauthorized',
    });
    expect(await admin.users.setActiveStatus(boris._id, true)).toEqual({ changed: true });
    expect(await admin.users.setActiveStatus(boris._id, true)).toEqual({ changed: false });
  });

  it('that own a room alone are disabled only when that is said', async () => {
    const vera = await target().person('vera');
    const room = await (await target().as(vera)).channels.create({ name: `temp-vera-${target().mark}` });
    const olga = await target().person('olga');
    await admin.channels.invite({ roomId: room._id, userId: olga._id });
    const refused = await admin.users.setActiveStatus(vera._id, false).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'refused', errorType: 'user-last-owner' });
    expect(await admin.users.setActiveStatus(vera._id, false, { confirmRelinquish: true })).toEqual({ changed: true });
    await admin.channels.delete(room._id);
  });

  it('are deleted once', async () => {
    const gleb = await target().person('gleb');
    expect(await admin.users.delete(gleb._id)).toEqual({ changed: true });
    expect(await admin.users.delete(gleb._id)).toEqual({ changed: false });
    expect(await admin.users.delete(gleb._id, { compared: true })).toEqual({ changed: false });
    expect(await admin.users.find({ userId: gleb._id })).toBeUndefined();
  });

  it('have a status', async () => {
    const hers = await target().as(anna);
    await hers.users.setStatus({ status: 'busy', message: 'в отпуске' });
    expect(await admin.users.presence(anna._id)).toMatch(/^(online|away|busy|offline)$/);
  });
});
