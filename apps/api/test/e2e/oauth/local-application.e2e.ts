import type { OAuthClient, PutOAuthClient } from '@besedka/contracts';
import { GOOD_PASSWORD, ifMatch, signIn, sql } from '../../support/accounts/accounts.js';
import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import type { HttpClient } from '../../support/http-client.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const AUTH_SECRET = '9f2c4b7a1e8d6053c2b1a0f9e8d7c6b5';
const PRODUCTION = {
  BESEDKA_MODE: 'production',
  AUTH_SECRET,
  PUBLIC_URL: 'http://127.0.0.1:8799',
  PASSWORD_HASH_KIB: '19456',
};
const OWNER = { OWNER_USERNAME: 'chairman', OWNER_EMAIL: 'chair@example.org', OWNER_PASSWORD: GOOD_PASSWORD };
const CLIENTS = '/api/v1/oauth/clients';

describe('the application of local mode', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  /** Starts, looks, stops. */
  async function run<T>(options: TestAppOptions, look: (app: TestApp) => Promise<T>): Promise<T> {
    const app = await createTestApp({ databaseUrl: database.url, ...options });
    try {
      return await look(app);
    } finally {
      await app.close();
    }
  }
  const local = <T>(look: (app: TestApp, owner: HttpClient) => Promise<T>): Promise<T> =>
    run({ env: { AUTH_SECRET } }, async (app) => look(app, await signIn(app, 'owner')));
  const startInProduction = (env: object = {}) =>
    run({ env: { ...PRODUCTION, ...env } }, () => Promise.resolve('started')).catch((error: unknown) =>
      error instanceof Error ? `${error.constructor.name}: ${error.message}` : error,
    );
  const clients = async (owner: HttpClient): Promise<OAuthClient[]> =>
    (await owner.get<{ items: OAuthClient[] }>(CLIENTS)).json.items;

  it('is Rocket.Chat as it comes: published secret, no PKCE, first party', async () => {
    await local(async (_app, owner) => {
      const [client, ...more] = await clients(owner);
      expect(more).toEqual([]);
      expect(client).toMatchObject({
        clientId: ROCKETCHAT.clientId,
        kind: 'confidential',
        name: 'Rocket.Chat',
        firstParty: true,
        pkceRequired: false,
        enabled: true,
        grantTypes: ['authorization_code', 'refresh_token'],
        scopes: ['openid', 'profile', 'email', 'roles', 'offline_access', 'read'],
        redirectUris: [ROCKETCHAT.redirectUri],
        secrets: [{ hint: 'tSSO' }],
      });
    });
  });

  it('is made once, also by two that start at once; what the owner deletes stays deleted', async () => {
    const both = await Promise.all([
      createTestApp({ databaseUrl: database.url }),
      createTestApp({ databaseUrl: database.url }),
    ]);
    await Promise.all(both.map((app) => app.close()));
    await local(async (_app, owner) => {
      const [client, ...more] = await clients(owner);
      expect(more).toEqual([]);
      expect((await owner.delete(`${CLIENTS}/${client?.id ?? ''}`, ifMatch(1))).status).toBe(204);
    });
    await local(async (_app, owner) => expect(await clients(owner)).toEqual([]));
  });

  it('a database from before it gets it with the next start', async () => {
    await local(async (app) => {
      await sql(app, 'DELETE FROM oauth_clients');
      await sql(app, 'UPDATE oauth_settings SET local_client_made = false');
    });
    await local(async (_app, owner) => expect(await clients(owner)).toHaveLength(1));
  });

  it('is not made in production', async () => {
    await run({ env: { ...PRODUCTION, ...OWNER } }, async (app) =>
      expect(await sql(app, 'SELECT 1 FROM oauth_clients')).toEqual([]),
    );
  });

  describe('in production', () => {
    /** The accounts of local mode would be refused first. */
    const onlyOwner = (app: TestApp) =>
      sql(app, `UPDATE users SET password_hash = NULL, status = 'disabled' WHERE true`).then(() =>
        sql(app, `UPDATE users SET status = 'active' WHERE username = 'owner'`),
      );

    it('a start with its published secret is refused, with what to do; never with the secret', async () => {
      await local((app) => onlyOwner(app));
      const answer = await startInProduction();
      expect(answer).toBe(
        'StartupError: The application BesedkaRocketChat2025 still has the published secret of local mode; in local mode, ' +
          'under Administration → Applications, disable it, or give it a second secret and delete the published one.',
      );
    });

    it('disabled, it may stay, and cannot be enabled until its secret is another one', async () => {
      const id = await local(async (app, owner) => {
        const [client] = await clients(owner);
        await sql(app, 'UPDATE oauth_clients SET enabled = false');
        await owner.post('/api/v1/auth/password', { currentPassword: 'owner123secure', newPassword: GOOD_PASSWORD });
        await sql(app, `UPDATE users SET status = 'disabled' WHERE username <> 'owner'`);
        return client?.id ?? '';
      });
      await run({ env: PRODUCTION }, async (app) => {
        const origin = PRODUCTION.PUBLIC_URL;
        const login = await app
          .http()
          .post<{ accessToken: string }>(
            '/api/v1/auth/login?tokens=body',
            { login: 'owner', password: GOOD_PASSWORD },
            { origin },
          );
        const headers = { authorization: `Bearer ${login.json.accessToken}` };
        const path = `${CLIENTS}/${id}`;
        const { json: client } = await app.http().get<OAuthClient>(path, { headers });
        const { name, description, homeUrl, firstParty, pkceRequired, grantTypes, scopes, redirectUris } = client;
        const body: PutOAuthClient = {
          name,
          description,
          homeUrl,
          firstParty,
          pkceRequired,
          grantTypes,
          scopes,
          redirectUris,
          postLogoutRedirectUris: [],
          enabled: true,
        };
        const put = () => app.http().put(path, body, { headers: { ...headers, 'if-match': '"1"' } });
        expect((await put()).json).toMatchObject({
          code: 'validation_failed',
          errors: [{ path: 'enabled', code: 'known_secret' }],
        });
        expect((await app.http().post(`${path}/secrets`, undefined, { headers })).status).toBe(201);
        expect((await put()).status).toBe(400);
        const published = client.secrets[0]?.id ?? '';
        expect((await app.http().delete(`${path}/secrets/${published}`, { headers })).status).toBe(204);
        expect((await put()).status).toBe(200);
      });
      expect(await startInProduction()).toBe('started');
    });

    it('under another AUTH_SECRET the published secret proves nothing, so the start is not refused', async () => {
      await local((app) => onlyOwner(app));
      expect(await startInProduction({ AUTH_SECRET: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' })).toBe('started');
    });
  });
});
