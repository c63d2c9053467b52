import { withProvider } from './oauth-journey.js';
import type { Provider } from './provider.js';
import type { Scene } from './support.js';

describe('OAuth client, modern (switch)', () => {
  let there: Scene & { provider: Provider };
  afterEach(async () => {
    await there.double.close();
    await there.provider.stop();
  });
  const start = async (profile: '8.9' | '9.0' = '8.9') => {
    there = await withProvider({ profile, licensed: profile === '9.0' });
    there.double.set('Accounts_OAuth_Use_Modern_Flow', true);
  };
  const listed = {
    id: 'u-1',
    username: 'alice',
    name: 'Alice',
    email: 'alice@example.org',
    emails: [{ value: 'alice@example.org', address: 'alice@example.org' }],
  };

  /** To the provider and back, with the cookie of the session. */
  async function walk(): Promise<{ authorize: URL; end: URL | undefined; cookie: string }> {
    const begin = await there.anybody.send('/oauth/besedka');
    const cookie = begin.headers.get('set-cookie') ?? '';
    const authorize = new URL(begin.headers.get('location') ?? '');
    const back = await fetch(authorize, { redirect: 'manual' });
    const callback = back.headers.get('location') ?? '';
    const end = await there.anybody
      .with({ Cookie: cookie.split(';')[0] ?? '' })
      .send(callback.slice(there.double.url.length));
    const location = end.headers.get('location');
    return { authorize, end: location ? new URL(location, there.double.url) : undefined, cookie };
  }

  it.each(['8.9', '9.0'] as const)(
    '%s: GET /oauth/besedka → 302 with S256 PKCE; /home?loginCode= + loginCode.redeem, once',
    async (profile) => {
      await start(profile);
      there.provider.identity = listed;
      const { authorize, end, cookie } = await walk();
      expect([...authorize.searchParams.keys()].sort()).toEqual(
        [
          'client_id',
          'code_challenge',
          'code_challenge_method',
          'redirect_uri',
          'response_type',
          'scope',
          'state',
        ].sort(),
      );
      expect(authorize.searchParams.get('code_challenge_method')).toBe('S256');
      expect(cookie).toMatch(/^oauth=.*HttpOnly.*Max-Age=300/);
      const [{ headers, body }] = there.provider.tokenCalls as [Provider['tokenCalls'][number]];
      expect(Object.keys(body).sort()).toEqual([
        'client_id',
        'client_secret',
        'code',
        'code_verifier',
        'grant_type',
        'redirect_uri',
      ]);
      expect([headers.authorization, headers['user-agent']]).toEqual([undefined, 'Node-oauth']);
      expect(end?.pathname).toBe('/home');
      const code = end?.searchParams.get('loginCode') ?? '';
      expect(code).toHaveLength(64);
      const { body: answer } = await there.anybody.post('loginCode.redeem', { code });
      expect(
        (await there.anybody.as({ userId: answer.userId, authToken: answer.loginToken }).get('me')).body.username,
      ).toBe('alice');
      expect((await there.anybody.post('loginCode.redeem', { code })).body.errorType).toBe('error-invalid-code');
    },
  );

  it('identity must be 200; a strange session goes to /login; a code lives for 60 s', async () => {
    await start();
    there.provider.identity = listed;
    there.provider.identityStatus = 203;
    expect((await walk()).end?.pathname).toBe('/login');
    there.provider.identityStatus = 200;
    expect((await there.anybody.send('/_oauth/besedka?code=x&state=y')).headers.get('location')).toBe('/login');
    const { end } = await walk();
    there.double.clock.advance(60_001);
    expect((await there.anybody.post('loginCode.redeem', { code: end?.searchParams.get('loginCode') })).status).toBe(
      400,
    );
  });

  it('loses a flat email (#42062)', async () => {
    await start();
    there.double.set('Accounts_OAuth_Custom-Besedka-email_field', '');
    there.double.settle();
    await walk();
    const alice = [...there.double.state.users.values()].find(({ username }) => username === 'alice');
    expect(alice?.emails).toEqual([]);
  });

  it('without a secret, or with the switch off, the route is not there', async () => {
    await start();
    there.double.set('Accounts_OAuth_Custom-Besedka-secret', '');
    there.double.settle();
    expect((await there.anybody.send('/oauth/besedka')).status).toBe(404);
  });
});
