import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { type Bridge, openBridge, startServer } from '../../support/rocketchat/bridge.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';
const CLIENT_ID = 'Accounts_OAuth_Custom-Besedka-id';

/** What Rocket.Chat's page does in a browser that is signed in to the portal. @returns what the callback page was told */
async function journey(server: RocketChatDouble, browser: HttpClient): Promise<{ status: number; secret: unknown }> {
  const answer = await fetch(`${server.url}/api/v1/settings.oauth`);
  const { services } = (await answer.json()) as { services: Record<string, string>[] };
  const offered = services.find(({ service }) => service === 'besedka') ?? {};
  const state = { loginStyle: 'redirect', credentialToken: 'one-attempt', isCordova: false, redirectUrl: server.url };
  const query = new URLSearchParams({
    client_id: offered['clientId'] ?? '',
    redirect_uri: `${server.url}/_oauth/besedka`,
    response_type: 'code',
    state: Buffer.from(JSON.stringify(state)).toString('base64'),
    scope: offered['scope'] ?? '',
  });
  const { status, headers } = await browser.get(`${offered['authorizePath']}?${query.toString()}`);
  const page = await (await fetch(headers.get('location') ?? '')).text();
  const result = JSON.parse(/id="result">(.*?)<\/script>/.exec(page)?.[1] ?? '{}') as { secret?: unknown };
  return { status, secret: result.secret };
}

describe('the sign-in that rocketchat apply has set up', () => {
  let server: RocketChatDouble;
  let portal: TestApp;
  let besedka: Bridge;
  beforeAll(async () => {
    server = await startServer({ limiter: false });
    portal = await createTestApp({ ownAddress: true, env: { AUTH_SECRET: SECRET, ROCKETCHAT_URL: server.url } });
    besedka = await openBridge(server, {
      DATABASE_URL: portal.databaseUrl,
      PUBLIC_URL: portal.url,
      AUTH_SECRET: SECRET,
    });
  });
  afterAll(async () => {
    await besedka.close();
    await closeTestApp(portal);
    await server.close();
  });

  it('works with the published application of local mode, whose redirect URI follows ROCKETCHAT_URL', async () => {
    const applied = await besedka.apply();
    expect(applied.changed).toContainEqual({
      kind: 'client',
      id: 'redirectUris',
      from: ['http://127.0.0.1:3000/_oauth/besedka'],
      to: ['http://127.0.0.1:3000/_oauth/besedka', `${server.url}/_oauth/besedka`],
    });
    expect(server.setting(CLIENT_ID)).toBe('BesedkaRocketChat2025');
    const done = await journey(server, await signIn(portal, 'test_user'));
    // A credential is there only when code, token and identity all went well.
    expect(done).toEqual({ status: 302, secret: expect.stringMatching(/./) as unknown });
  });

  it('works with an application that apply registers when there is no published one', async () => {
    await besedka.sql('DELETE FROM oauth_clients');
    const { changed } = await besedka.apply();
    expect(changed.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'client registration',
      `provider ${CLIENT_ID}`,
      'provider Accounts_OAuth_Custom-Besedka-secret',
    ]);
    expect(server.setting(CLIENT_ID)).not.toBe('BesedkaRocketChat2025');
    const done = await journey(server, await signIn(portal, 'owner'));
    expect(done).toEqual({ status: 302, secret: expect.stringMatching(/./) as unknown });
  });

  it('works where Rocket.Chat reaches the portal at another address than people do, as among containers', async () => {
    const inside = await openBridge(server, {
      DATABASE_URL: portal.databaseUrl,
      // Nobody listens there.
      PUBLIC_URL: 'http://127.0.0.1:9',
      ROCKETCHAT_PORTAL_URL: portal.url,
      AUTH_SECRET: SECRET,
    });
    const { changed } = await inside.apply().finally(() => inside.close());
    const paths = changed.filter(({ id }) => /(url|_path)$/.test(id));
    expect(
      Object.fromEntries(paths.map(({ id, to }) => [id.replace(/^Accounts_OAuth_Custom-Besedka-/, ''), to])),
    ).toEqual(
      expect.objectContaining({
        url: 'http://127.0.0.1:9',
        token_path: `${portal.url}/o/token/`,
        identity_path: `${portal.url}/api/v1/auth/rocket/`,
      }),
    );
    const done = await journey(server, await signIn(portal, 'admin'));
    expect(done).toEqual({ status: 302, secret: expect.stringMatching(/./) as unknown });
    await besedka.apply();
  });

  it('does not work with another secret, so the two tests above prove something', async () => {
    server.faults.order({ name: 'wrong-client-secret' });
    const done = await journey(server, await signIn(portal, 'store_admin'));
    server.faults.clear();
    expect(done.secret).toBeNull();
  });
});
