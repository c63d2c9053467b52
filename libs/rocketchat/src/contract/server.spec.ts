import { customOAuthSettingId, type RocketChatClient } from '../index.js';
import { eventually } from '../testing/contract-target.js';
import { eachTarget } from '../testing/spec/each-target.js';

eachTarget('the server', (target) => {
  let admin: RocketChatClient;
  beforeAll(() => {
    admin = target().admin;
  });

  it('tells strangers its version, and admins all of it', async () => {
    const stranger = new (admin.constructor as typeof RocketChatClient)({ baseUrl: admin.baseUrl });
    const seen = await stranger.info.profile();
    const exact = await admin.info.profile({ exact: true });
    expect(exact.name).toBe(seen.name);
    expect(exact.version).toMatchObject({ major: seen.version.major, minor: seen.version.minor });
    expect(exact.version.patch).toEqual(expect.any(Number));
    expect(['7.x', '8.x', '9.x']).toContain(seen.name);
  });

  it('tells its health where its version does', async () => {
    const { probes } = await admin.info.profile({ exact: true });
    expect(await admin.info.health()).toMatchObject({
      live: true,
      ready: true,
      source: probes ? '/readyz' : '/health',
    });
  });

  it('knows who we are, and nobody without a token', async () => {
    expect(await admin.auth.me()).toMatchObject({
      username: target().account.user,
      roles: expect.arrayContaining(['admin']) as string[],
    });
    const nobody = admin.as({ userId: 'nobody', authToken: 'no token' });
    await expect(nobody.auth.me()).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
  });

  it('refuses an unknown account without a word more', async () => {
    await expect(admin.auth.login({ user: `nobody_${target().mark}`, password: 'wrong' })).rejects.toMatchObject({
      kind: 'unauthorized',
      status: 401,
    });
  });

  describe('settings', () => {
    const ID = 'Iframe_Integration_send_target_origin';
    const OTHER = 'Iframe_Integration_receive_origin';
    let before: Record<string, string>;
    beforeAll(async () => {
      before = Object.fromEntries(await admin.settings.values([ID, OTHER])) as Record<string, string>;
    });
    afterAll(() => admin.settings.setAll(before));

    it('are written when they differ, past the second factor, and not when they do not', async () => {
      const value = `https://${target().mark}.example.org`;
      expect(await admin.settings.set(ID, value)).toEqual({ changed: true });
      expect(await admin.settings.get(ID)).toMatchObject({ _id: ID, value });
      expect(await admin.settings.set(ID, value)).toEqual({ changed: false });
      expect(await admin.settings.public(ID)).toMatchObject({ value });
    });

    it('are written several at once, those that differ', async () => {
      const wanted = {
        [ID]: `https://a.${target().mark}.example.org`,
        [OTHER]: `https://b.${target().mark}.example.org`,
      };
      expect(await admin.settings.setAll(wanted)).toEqual([ID, OTHER]);
      expect(Object.fromEntries(await admin.settings.values([ID, OTHER]))).toEqual(wanted);
      expect(await admin.settings.setAll(wanted)).toEqual([]);
      expect(await admin.settings.setAll({ ...wanted, [OTHER]: '*' })).toEqual([OTHER]);
    });

    it('that nobody knows are not found, to read and to write', async () => {
      const id = 'No_Such_Setting';
      await expect(admin.settings.get(id)).rejects.toMatchObject({ kind: 'not-found' });
      await expect(admin.settings.set(id, true, { compared: true })).rejects.toMatchObject({ kind: 'not-found' });
      expect(await admin.settings.values([ID, id])).not.toHaveProperty(id);
      expect((await admin.settings.values([ID, id])).has(id)).toBe(false);
    });

    it('that are only to be read are refused', async () => {
      const { value } = await admin.settings.get('Show_Setup_Wizard');
      const other = value === 'completed' ? 'pending' : 'completed';
      const refused = admin.settings.set('Show_Setup_Wizard', other);
      // 7.x lets an admin write it.
      if (target().readOnlyIsKept) await expect(refused).rejects.toMatchObject({ kind: 'refused' });
      else await refused.then(() => admin.settings.set('Show_Setup_Wizard', value!)).catch(() => undefined);
    });

    it('come in pages', async () => {
      const found = new Set<string>();
      for await (const { _id } of admin.settings.list()) found.add(_id);
      expect(found.size).toBeGreaterThan(30);
      expect(found).toContain(ID);
    });
  });

  describe('a custom OAuth provider', () => {
    const name = () => `Temp${target().mark}`;
    afterAll(async () => {
      await admin.settings.removeCustomOAuth(name()).catch(() => undefined);
    });

    it('is made once, is public when it is on, and is removed once; from 9.0 on it needs a licence', async () => {
      const { customOAuthNeedsLicence } = await admin.info.profile();
      if (customOAuthNeedsLicence && !target().licensed) {
        const refused = { kind: 'refused', errorType: 'error-action-not-allowed' };
        await expect(admin.settings.addCustomOAuth(name())).rejects.toMatchObject(refused);
        return;
      }
      expect(await admin.settings.addCustomOAuth(name())).toEqual({ changed: true });
      expect(await admin.settings.addCustomOAuth(name())).toEqual({ changed: false });
      const id = customOAuthSettingId(name());
      expect(await admin.settings.get(`${id}-token_path`)).toMatchObject({ value: '/oauth/token' });

      const isPublic = async () =>
        (await admin.settings.oauthServices()).some(
          (service) => (service.service ?? service.name)?.toLowerCase() === name().toLowerCase(),
        );
      expect(await isPublic()).toBe(false);
      await admin.settings.setAll({ [id]: true, [`${id}-id`]: 'client', [`${id}-url`]: 'http://127.0.0.1:1' });
      await admin.settings.refreshOAuthServices();
      await eventually(target(), isPublic);

      expect(await admin.settings.removeCustomOAuth(name())).toEqual({ changed: true });
      expect(await admin.settings.removeCustomOAuth(name())).toEqual({ changed: false });
    });
  });

  it('keeps who holds a permission', async () => {
    const roles = async () => (await admin.permissions.list()).find(({ _id }) => _id === 'create-c')?.roles ?? [];
    const before = await roles();
    try {
      expect(await admin.permissions.grant('create-c', ['guest'])).toEqual({ changed: true });
      expect(await admin.permissions.grant('create-c', ['guest'])).toEqual({ changed: false });
      expect(await roles()).toContain('guest');
      expect(await admin.permissions.revoke('create-c', ['guest'])).toEqual({ changed: true });
      expect(await admin.permissions.revoke('create-c', ['guest'])).toEqual({ changed: false });
    } finally {
      await admin.permissions.setRoles('create-c', before);
    }
    await expect(admin.permissions.grant('no-such-permission', ['user'])).rejects.toMatchObject({ kind: 'not-found' });
  });
});
