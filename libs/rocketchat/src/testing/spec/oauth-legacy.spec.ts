import type { Scene } from './support.js';
import { ADMIN, scene } from './support.js';
import { legacySignIn, withProvider } from './oauth-journey.js';
import type { Provider } from './provider.js';

type There = Scene & { provider: Provider };
const byName = ({ double }: Scene, name: string) =>
  [...double.state.users.values()].find(({ username }) => username === name);

describe('OAuth client, legacy (default)', () => {
  let there: There;
  const start = async (...args: Parameters<typeof withProvider>) => (there = await withProvider(...args));
  afterEach(async () => {
    await there.double.close();
    await there.provider.stop();
  });
  const signIn = () => legacySignIn(there.double, there.provider);

  it('token: POST form; Accept JSON; body code, redirect_uri, grant_type, state; header → Basic and none in body', async () => {
    await start();
    const { state, result } = await signIn();
    expect(result?.token).toBeTruthy();
    const [{ headers, body }] = there.provider.tokenCalls as [Provider['tokenCalls'][number]];
    expect(headers).toMatchObject({ accept: 'application/json', authorization: expect.stringMatching(/^Basic /) });
    expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(headers['user-agent']).toMatch(/^Meteor/);
    expect(body).toEqual({
      code: expect.any(String),
      redirect_uri: `${there.double.url}/_oauth/besedka`,
      grant_type: 'authorization_code',
      state,
    });
    expect(there.provider.identityCalls[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer /),
      accept: 'application/json',
    });
  });

  it('payload → id+secret in body; identity by ?access_token=', async () => {
    await start({}, { '-token_sent_via': 'payload' });
    expect((await signIn()).result).toBeDefined();
    const [{ headers, body }] = there.provider.tokenCalls as [Provider['tokenCalls'][number]];
    expect(headers.authorization).toBeUndefined();
    expect(body).toMatchObject({ client_id: 'rocketchat', client_secret: 'the secret' });
    expect(there.provider.identityCalls[0]?.url.searchParams.get('access_token')).toBeTruthy();
    there.double.set('Accounts_OAuth_Custom-Besedka-identity_token_sent_via', 'header');
    there.double.settle();
    await signIn();
    expect(there.provider.identityCalls[1]?.url.search).toBe('');
  });

  it.each([
    [{ status: 500, body: '{"access_token":"x"}' }],
    [{ status: 200, body: '<html>' }],
    [{ status: 200, body: '{"access_token":"x","error":"invalid_client"}' }],
  ])('token answer %j = login failure', async (tokenAnswer) => {
    await start();
    there.provider.tokenAnswer = tokenAnswer;
    expect((await signIn()).error?.reason).toMatch(/^Failed to complete OAuth handshake with besedka at /);
  });

  it('a wrong client secret, a refused consent and a strange state fail', async () => {
    await start();
    there.double.faults.order({ name: 'wrong-client-secret', times: 1 });
    expect((await signIn()).error?.reason).toMatch(/401/);
    there.provider.consents = false;
    expect((await signIn()).error?.reason).toMatch(/access_denied/);
    expect((await there.anybody.send('/_oauth/besedka?code=x&state=nonsense')).status).toBe(404);
    expect((await there.anybody.send('/_oauth/other?code=x&state=nonsense')).status).toBe(404);
  });

  it.each([
    ['no id', { username: 'alice', email: 'a@example.org' }, 200, /no id/],
    ['no username', { id: '1', email: 'a@example.org' }, 200, /Failed to extract username/],
    ['no email', { id: '1', username: 'alice', email: '' }, 200, /Failed to extract email/],
    ['not JSON', '<html>', 200, /Failed to fetch identity from besedka/],
    ['not 2xx', { id: '1' }, 503, /Failed to fetch identity from besedka/],
  ])('identity: %s = login failure', async (_name, identity, status, expected) => {
    await start();
    Object.assign(there.provider, { identity, identityStatus: status });
    expect((await signIn()).error?.reason).toMatch(expected);
  });

  it('fields are paths or templates; aliases of id; dots in names are replaced', async () => {
    await start(
      {},
      {
        '-username_field': '{{/^(.*)@/::contact.mail}}',
        '-email_field': '{{login}}@chat.example.org',
        '-name_field': 'contact.full',
      },
    );
    there.provider.identity = { sub: 7, login: 'al', contact: { mail: 'alice@example.org', full: 'Алиса' }, 'a.b': 1 };
    const { result } = await signIn();
    expect(there.double.state.users.get(result?.id ?? '')).toMatchObject({
      username: 'alice',
      name: 'Алиса',
      emails: [{ address: 'al@chat.example.org', verified: true }],
      services: { besedka: { id: '7', a_b: 1 } },
    });
  });

  it('default role, default channels; roles/groups claims ignored (Community)', async () => {
    await start();
    const { result } = await signIn();
    expect(byName(there, 'alice')).toMatchObject({ _id: result?.id, roles: ['user'] });
    expect(there.double.state.subscriptions.has(`GENERAL/${result?.id ?? ''}`)).toBe(true);
    expect((await signIn()).result?.id).toBe(result?.id);
  });

  it('merge rules in full (both flags)', async () => {
    await start();
    const merge = (both: boolean, distinct: boolean) => {
      there.double.set('Accounts_OAuth_Custom-Besedka-merge_users', both);
      there.double.set('Accounts_OAuth_Custom-Besedka-merge_users_distinct_services', distinct);
      there.double.settle();
    };
    const { _id } = there.double.make.user('alice', { name: 'Other', email: 'old@example.org' });
    merge(true, false);
    expect((await signIn()).error?.reason).toBe('Username already exists.');
    merge(false, true);
    expect((await signIn()).error).toMatchObject({
      error: 'CustomOAuth',
      reason: 'User with username alice already exists',
    });
    merge(true, true);
    expect((await signIn()).result?.id).toBe(_id);
    expect(byName(there, 'alice')).toMatchObject({
      name: 'Alice',
      emails: [{ address: 'alice@example.org', verified: true }],
      services: { besedka: { id: 'u-1' } },
    });
    merge(false, true);
    expect((await signIn()).result?.id).toBe(_id);
    (there.provider.identity as { name: string }).name = 'Changed';
    expect((await signIn()).error?.error).toBe('CustomOAuth');
  });

  it('key_field email', async () => {
    await start({}, { '-key_field': 'email', '-merge_users': true, '-merge_users_distinct_services': true });
    const { _id } = there.double.make.user('alisa', { email: 'ALICE@example.org' });
    expect((await signIn()).result?.id).toBe(_id);
    expect(there.double.state.users.get(_id)?.emails[0]?.address).toBe('ALICE@example.org');
  });

  it('whoever controls the name of an admin is the admin', async () => {
    await start({}, { '-merge_users': true, '-merge_users_distinct_services': true });
    there.provider.identity = { id: 'evil', username: ADMIN.username, email: 'evil@example.org', name: 'Evil' };
    const { result } = await signIn();
    expect(there.double.state.users.get(result?.id ?? '')?.roles).toEqual(['admin']);
  });

  it('an older account is asked for a mailed code, unless that is switched off for such accounts', async () => {
    await start();
    const { result } = await signIn();
    expect(result).toBeDefined();
    there.double.clock.advance(31 * 60_000);
    expect((await signIn()).error?.error).toBe('totp-required');
    there.double.set('Accounts_twoFactorAuthentication_email_available_for_OAuth_users', false);
    expect((await signIn()).result?.id).toBe(result?.id);
  });

  it('registration off, approval, domains', async () => {
    await start();
    there.double.set('Accounts_AllowedDomainsList', 'example.com');
    expect((await signIn()).error?.error).toBe('error-invalid-domain');
    there.double.set('Accounts_AllowedDomainsList', '');
    there.double.set('Accounts_Registration_AuthenticationServices_Enabled', false);
    expect((await signIn()).error?.error).toBe('registration-disabled-authentication-services');
    there.double.set('Accounts_Registration_AuthenticationServices_Enabled', true);
    there.double.set('Accounts_ManuallyApproveNewUsers', true);
    expect((await signIn()).error?.error).toBe('error-user-is-not-activated');
  });

  it('REST login by an access token (native apps)', async () => {
    await start();
    const { result } = await signIn();
    const accessToken = there.provider.identityCalls[0]?.headers.authorization?.replace('Bearer ', '');
    const { status, body } = await there.anybody.post('login', {
      serviceName: 'besedka',
      accessToken,
      expiresIn: 3600,
    });
    expect([status, body.data.userId]).toEqual([200, result?.id]);
    expect((await there.anybody.post('login', { serviceName: 'besedka', accessToken: 'no' })).status).toBe(401);
  });

  it('9.0 has neither provider nor flow', async () => {
    there = await withProvider({ profile: '8.9' });
    const nine = await scene({ profile: '9.0', licensed: true });
    expect((await nine.anybody.send('/_oauth/besedka?code=x&state=e30=')).status).toBe(404);
    await nine.double.close();
  });
});

describe('first user = admin if none', () => {
  it('whoever signs in first', async () => {
    const there = await withProvider();
    for (const user of there.double.state.users.values()) user.roles = user.roles.filter((role) => role !== 'admin');
    const { result } = await legacySignIn(there.double, there.provider);
    expect(there.double.state.users.get(result?.id ?? '')?.roles).toEqual(['user', 'admin']);
    await there.double.close();
    await there.provider.stop();
  });
});
