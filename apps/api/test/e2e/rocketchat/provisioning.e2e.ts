import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { ADMIN, PORTAL, useBridges } from '../../support/rocketchat/bridge.js';

const OAUTH = 'Accounts_OAuth_Custom-Besedka';

/** The three rooms as members see them. */
function rooms(server: RocketChatDouble) {
  return [...server.state.rooms.values()]
    .map(({ t, fname, default: isDefault, topic, description, announcement }) => ({
      ...{ t, fname, isDefault: isDefault ?? false, topic, description, announcement },
    }))
    .sort((a, b) => (a.fname ?? '').localeCompare(b.fname ?? '', 'ru'));
}

describe('rocketchat plan and apply', () => {
  const { server, bridge } = useBridges();

  it.each(['8.9', '7.x'] as const)('sets up a new %s, and the second run writes nothing', async (profile) => {
    const rocket = await server({ profile });
    const besedka = await bridge(rocket);
    const before = await besedka.plan();
    expect(before.mode).toBe('oauth');
    expect(before.differences.length).toBeGreaterThan(30);
    expect(rocket.writes).toEqual([]);

    const applied = await besedka.apply();
    expect(applied.remaining).toEqual([]);
    expect(rooms(rocket)).toEqual([
      expect.objectContaining({ fname: 'Модераторы', t: 'p', isDefault: false, topic: '🛡️ Модераторы' }),
      expect.objectContaining({ fname: 'Общий чат', t: 'c', isDefault: true, description: 'Открыт для всех' }),
      expect.objectContaining({ fname: 'VIP Беседка', t: 'p', isDefault: false }),
    ]);
    const general = rocket.state.rooms.get('GENERAL');
    expect(rocket.setting('First_Channel_After_Login')).toBe(general?.name);
    expect(rocket.setting('Unread_Count')).toBe('all_messages');
    expect(rocket.state.permissions.get('add-user-to-any-p-room')).toEqual(['admin']);

    rocket.calls.length = 0;
    expect(await besedka.plan()).toMatchObject({ differences: [] });
    expect(await besedka.apply()).toMatchObject({ changed: [], remaining: [] });
    expect(rocket.writes).toEqual([]);
    const log = await besedka.sql<{ facts: { step: string; ids: string[] } }>(
      "SELECT facts FROM audit_log WHERE key = 'rocketchat.applied' ORDER BY id",
    );
    expect(log.map(({ facts }) => facts.step)).toEqual([
      'settings',
      'permissions',
      'channels',
      'first-channel',
      'client',
      'provider',
      'webhooks',
    ]);
  });

  it.each(['8.9', '7.x', '9.0'] as const)('makes both webhooks on %s, once, and puts them right', async (profile) => {
    const rocket = await server({ profile });
    const besedka = await bridge(rocket);
    await besedka.apply();
    const slug = rocket.state.rooms.get('GENERAL')?.name;
    const hooks = () => [...rocket.state.integrations.values()];
    expect(hooks()).toEqual([
      expect.objectContaining({
        ...{ type: 'webhook-outgoing', name: 'Besedka: messages', event: 'sendMessage', enabled: true },
        ...{ urls: [`${PORTAL}/api/v1/rocketchat/webhook`], username: ADMIN.username, retryFailedCalls: false },
      }),
      expect.objectContaining({ type: 'webhook-incoming', name: 'Besedka: notices', channel: [`#${slug}`] }),
    ]);
    const [messages, notices] = hooks();
    const token = messages?.token ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    Object.assign(messages ?? {}, { enabled: false, token: 'somebody else’s' });
    const plan = await besedka.plan();
    expect(plan.differences.map(({ id }) => id)).toEqual(['messages.enabled', 'messages.token']);
    const secrets = [token, notices?.token ?? '', 'somebody else'];
    for (const secret of secrets) expect(JSON.stringify(plan)).not.toContain(secret);
    await besedka.apply();
    expect(hooks()).toHaveLength(2);
    expect(messages).toMatchObject({ enabled: true, token });
    rocket.calls.length = 0;
    expect((await besedka.apply()).changed).toEqual([]);
    expect(rocket.writes).toEqual([]);
    const log = JSON.stringify(await besedka.sql('SELECT * FROM audit_log'));
    for (const secret of secrets) expect(log).not.toContain(secret);
  });

  it('the marks of edited and deleted messages are as they were chosen', async () => {
    const rocket = await server();
    const marks = () => ['Message_ShowEditedStatus', 'Message_ShowDeletedStatus'].map((id) => rocket.setting(id));
    await (await bridge(rocket)).apply();
    expect(marks()).toEqual([true, false]);
    const chosen = { ROCKETCHAT_EDITED_MARKS: 'hidden', ROCKETCHAT_DELETED_MARKS: 'shown' };
    await (await bridge(rocket, chosen)).apply();
    expect(marks()).toEqual([false, true]);
  });

  it('F07 everything is rendered from one configuration: other addresses change every place, and only those', async () => {
    const rocket = await server();
    const first = await bridge(rocket);
    await first.apply();
    expect(rocket.setting(`${OAUTH}-url`)).toBe(PORTAL);
    const [database] = await first.sql<{ name: string }>('SELECT current_database() AS name');
    expect(database).toBeDefined();

    const moved = await bridge(rocket, {
      PUBLIC_URL: 'http://127.0.0.1:9001',
      ROCKETCHAT_URL: 'http://localhost:3999',
      ROCKETCHAT_API_URL: rocket.url,
    });
    const { differences } = await moved.plan();
    const settings = differences.filter(
      ({ kind, id }) => kind !== 'channel' && kind !== 'client' && !/(?:-id|-secret|\.token)$/.test(id),
    );
    expect(settings).toEqual([
      { kind: 'setting', id: 'Site_Url', from: rocket.url, to: 'http://localhost:3999' },
      { kind: 'setting', id: 'Iframe_Integration_send_target_origin', from: PORTAL, to: 'http://127.0.0.1:9001' },
      { kind: 'setting', id: 'Iframe_Integration_receive_origin', from: PORTAL, to: 'http://127.0.0.1:9001' },
      { kind: 'provider', id: `${OAUTH}-url`, from: PORTAL, to: 'http://127.0.0.1:9001' },
      {
        kind: 'webhook',
        id: 'messages.urls',
        from: [`${PORTAL}/api/v1/rocketchat/webhook`],
        to: ['http://127.0.0.1:9001/api/v1/rocketchat/webhook'],
      },
    ]);
  });

  it('F11 the site URL is the address that browsers use, whatever the server believed', async () => {
    const rocket = await server({ rootUrl: 'http://localhost:3000' });
    const besedka = await bridge(rocket);
    expect((await besedka.plan()).differences).toContainEqual({
      kind: 'setting',
      id: 'Site_Url',
      from: 'http://localhost:3000',
      to: rocket.url,
    });
    await besedka.apply();
    expect(rocket.setting('Site_Url')).toBe(rocket.url);
  });

  it('F13 the second factor is answered with the password, and nobody loses theirs', async () => {
    const rocket = await server({ adminAge: 7 * 86_400_000 });
    rocket.faults.order({ name: 'two-factor-required' });
    const besedka = await bridge(rocket);
    await besedka.apply();
    expect(rocket.setting('Accounts_TwoFactorAuthentication_Enabled')).toBe(true);
    expect(rocket.calls.filter(({ status }) => status >= 400 && status !== 404)).toEqual([]);
  });

  it('F13 an account with an authenticator app is told in one sentence', async () => {
    const rocket = await server();
    const admin = [...rocket.state.users.values()].find(({ username }) => username === ADMIN.username);
    if (admin) admin.services.totp = { enabled: true, code: '123456' };
    const besedka = await bridge(rocket);
    await expect(besedka.apply()).rejects.toThrow(/^Rocket\.Chat asks the admin account for a code/);
    expect(rocket.writes).toEqual([]);
  });

  it('works with a token in place of a sign-in', async () => {
    const rocket = await server();
    const { userId, authToken } = rocket.make.session(ADMIN.username);
    const besedka = await bridge(rocket, {
      ROCKETCHAT_ADMIN_USER: '',
      ROCKETCHAT_ADMIN_ID: userId,
      ROCKETCHAT_ADMIN_TOKEN: authToken,
    });
    expect((await besedka.apply()).remaining).toEqual([]);
    expect(rocket.calls.map(({ path }) => path)).not.toContain('/api/v1/login');
  });

  it('F14 a reserved name is refused before anything is sent', async () => {
    const rocket = await server();
    rocket.set('Accounts_BlockedUsernameList', 'root, VIP');
    const besedka = await bridge(rocket);
    await expect(besedka.apply()).rejects.toThrow('A channel cannot be named "vip": Rocket.Chat reserves this name.');
    expect(rocket.writes).toEqual([]);
  });

  it('F27 the provider is made over the API: its admin page shows it, and strangers are offered it', async () => {
    const rocket = await server();
    const besedka = await bridge(rocket);
    await besedka.apply();
    expect(rocket.writes.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/v1/settings.addCustomOAuth', '/api/v1/settings.refreshOAuthServices']),
    );
    const { services } = (await (await fetch(`${rocket.url}/api/v1/settings.oauth`)).json()) as {
      services: Record<string, unknown>[];
    };
    expect(services).toEqual([
      expect.objectContaining({
        service: 'besedka',
        serverURL: PORTAL,
        authorizePath: '/o/authorize/',
        loginStyle: 'redirect',
      }),
    ]);
    for (const flag of ['merge_users', 'merge_users_distinct_services', 'show_button']) {
      expect(rocket.setting(`${OAUTH}-${flag}`)).toBe(true);
    }
  });

  it('registers the application; its secret is known to Rocket.Chat only', async () => {
    const rocket = await server();
    const besedka = await bridge(rocket);
    await besedka.apply();
    const secret = String(rocket.setting(`${OAUTH}-secret`));
    expect(secret).toMatch(/^bsk_/);
    const [client] = await besedka.sql<object>('SELECT * FROM oauth_clients');
    expect(client).toMatchObject({
      client_id: rocket.setting(`${OAUTH}-id`),
      first_party: true,
      pkce_required: false,
      redirect_uris: [`${rocket.url}/_oauth/besedka`],
    });
    const dump = JSON.stringify([
      await besedka.sql('SELECT * FROM oauth_client_secrets'),
      await besedka.sql('SELECT * FROM audit_log'),
    ]);
    expect(dump).not.toContain(secret);
    expect(await besedka.sql('SELECT id FROM oauth_client_secrets')).toHaveLength(1);

    rocket.set(`${OAUTH}-secret`, 'changed-by-hand');
    const { differences } = await besedka.plan();
    expect(differences).toEqual([
      { kind: 'provider', id: `${OAUTH}-secret`, from: '(another secret)', to: '(secret of the application)' },
    ]);
    await besedka.apply();
    expect((await besedka.plan()).differences).toEqual([]);
  });

  it('puts right what was changed by hand, and nothing else; a room that was renamed is still ours', async () => {
    const rocket = await server();
    const besedka = await bridge(rocket);
    await besedka.apply();
    const vip = [...rocket.state.rooms.values()].find(({ fname }) => fname === 'VIP Беседка');
    Object.assign(vip ?? {}, { fname: 'Elsewhere', name: 'elsewhere', topic: 'mine' });
    rocket.set('Unread_Count', 'user_mentions_only');
    rocket.calls.length = 0;
    expect((await besedka.plan()).differences.map(({ id }) => id)).toEqual(['Unread_Count', 'vip.title', 'vip.topic']);
    await besedka.apply();
    expect(rocket.writes.map(({ path }) => path)).toEqual([
      '/api/v1/settings/Unread_Count',
      '/api/v1/rooms.saveRoomSettings',
    ]);
    expect(vip).toMatchObject({ fname: 'VIP Беседка', topic: '👑 VIP Беседка' });
    expect(rocket.state.rooms.size).toBe(3);
  });

  it('F02 a channel that is gone is named as missing, and made again', async () => {
    const rocket = await server();
    const besedka = await bridge(rocket);
    await besedka.apply();
    const vip = [...rocket.state.rooms.values()].find(({ fname }) => fname === 'VIP Беседка');
    rocket.state.rooms.delete(vip?._id ?? '');
    const { differences } = await besedka.plan();
    expect(differences).toContainEqual({ kind: 'channel', id: 'vip.title', from: null, to: 'VIP Беседка' });
    expect(differences.every(({ id }) => id.startsWith('vip.'))).toBe(true);
    await besedka.apply();
    expect(rooms(rocket).map(({ fname }) => fname)).toEqual(['Модераторы', 'Общий чат', 'VIP Беседка']);
    expect((await besedka.plan()).differences).toEqual([]);
  });

  it('reports what the server lets nobody change, and does the rest', async () => {
    const rocket = await server({
      env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'in_progress', OVERWRITE_SETTING_Unread_Count: 'user_mentions_only' },
    });
    const besedka = await bridge(rocket);
    const { remaining, changed } = await besedka.apply();
    expect(remaining.map(({ id }) => id).sort()).toEqual(['Show_Setup_Wizard', 'Unread_Count']);
    expect(changed.map(({ id }) => id)).toContain('Iframe_Restrict_Access');
    expect(rocket.setting('Iframe_Restrict_Access')).toBe(false);
    rocket.calls.length = 0;
    expect((await besedka.apply()).changed).toEqual([]);
    expect(rocket.writes).toEqual([]);
  });

  it('9.0 is refused in oauth mode with the way out, and set up without a provider otherwise', async () => {
    const rocket = await server({ profile: '9.0' });
    const refused = await bridge(rocket, { ROCKETCHAT_MODE: 'oauth' });
    await expect(refused.plan()).rejects.toThrow(/only with a licence: set ROCKETCHAT_MODE=iframe-token, or run 8\.9/);
    const besedka = await bridge(rocket);
    expect(await besedka.apply()).toMatchObject({ mode: 'iframe-token', remaining: [] });
    expect(rocket.setting(`${OAUTH}-url`)).toBeUndefined();
    expect(rocket.setting('Accounts_iframe_enabled')).toBe(true);
    expect(rocket.setting('Accounts_Iframe_api_url')).toBe(`${PORTAL}/chat/api/auth/`);
    // The mode came with the version, and nobody had to think of its secret.
    expect(await besedka.plan()).toMatchObject({
      differences: [],
      warnings: [expect.stringMatching(/ROCKETCHAT_TOKEN_SECRET is not set.*CREATE_TOKENS_FOR_USERS_SECRET/)],
    });
    const complete = await bridge(rocket, { DATABASE_URL: besedka.databaseUrl, ROCKETCHAT_TOKEN_SECRET: 'x' });
    expect((await complete.plan()).warnings).toEqual([]);
  });

  it('refuses to merge accounts while an admin there has the name of somebody here', async () => {
    const rocket = await server();
    rocket.make.user('Anna', { roles: ['admin'] });
    const besedka = await bridge(rocket);
    await besedka.sql(
      `INSERT INTO users (id, username, full_name, status) VALUES (gen_random_uuid(), 'anna', 'Anna', 'active')`,
    );
    await expect(besedka.apply()).rejects.toThrow(/^The portal's account anna would become the Rocket\.Chat admin/);
    expect(rocket.writes).toEqual([]);
  });
});
