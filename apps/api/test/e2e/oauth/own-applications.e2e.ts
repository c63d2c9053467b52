import type { OwnApplication } from '@besedka/contracts';
import { systemContext } from '../../../src/common/context/request-context.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import {
  authorizePath,
  bearer,
  exchange,
  locationOf,
  pkce,
  register,
  signInTo,
  type TestApplication,
} from '../../support/oauth/applications.js';
import { statementsOf } from '../../support/statements.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const PATH = '/api/v1/users/me/applications';

describe('my applications', () => {
  let app: TestApp;
  let owner: HttpClient;
  let person: HttpClient;
  beforeEach(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
    person = await signIn(app, 'test_user');
  });
  afterEach(() => closeTestApp(app));

  const list = async (of = person): Promise<OwnApplication[]> =>
    (await of.get<{ items: OwnApplication[] }>(PATH)).json.items;
  const tokensOf = async (application: TestApplication, scope: string, of = person): Promise<string> => {
    const { code, verifier } = await signInTo(of, application, { scope });
    return (await exchange(app.http(), application, code, verifier)).json.access_token;
  };
  const works = async (token: string): Promise<boolean> =>
    (await app.http().get('/o/userinfo', bearer(token))).status === 200;
  const asksAgain = async (application: TestApplication, scope: string): Promise<boolean> => {
    const challenge = { code_challenge: pkce().challenge, code_challenge_method: 'S256' };
    const answer = await person.get(authorizePath(application, { scope, ...challenge }));
    return locationOf(answer).pathname === '/oauth/consent';
  };

  it('shows what I allowed, and first-party applications while I am signed in there', async () => {
    expect(await list()).toEqual([]);
    const wiki = await register(owner, { name: 'Вики', description: 'Заметки', homeUrl: 'https://wiki.example.org/' });
    const own = await register(owner, { name: 'Билеты', firstParty: true });
    const since = Date.now() - 5_000;
    await tokensOf(wiki, 'openid email');
    await tokensOf(own, 'openid profile');
    const [tickets, notes, ...more] = await list();
    expect(more).toEqual([]);
    expect(notes).toEqual({
      id: wiki.id,
      name: 'Вики',
      description: 'Заметки',
      homeUrl: 'https://wiki.example.org/',
      firstParty: false,
      scopes: ['openid', 'email'],
      allowedAt: notes?.allowedAt,
      lastUsedAt: notes?.lastUsedAt,
    });
    for (const time of [notes?.allowedAt, notes?.lastUsedAt, tickets?.allowedAt, tickets?.lastUsedAt]) {
      expect(Date.parse(time ?? '')).toBeGreaterThan(since);
    }
    expect(tickets).toMatchObject({ id: own.id, firstParty: true, scopes: ['openid', 'profile'] });
    expect(await list(owner)).toEqual([]);
    // The other one asks who is signed in.
    expect(await statementsOf(app, () => list())).toHaveLength(2);

    await person.post('/api/v1/auth/logout');
    const again = await signIn(app, 'test_user');
    expect((await list(again)).map(({ name }) => name)).toEqual(['Вики']);
  });

  it('a code that was not fetched gives an application nothing to show', async () => {
    const own = await register(owner, { name: 'Билеты', firstParty: true });
    await signInTo(person, own, { scope: 'openid' });
    expect(await list()).toEqual([]);
  });

  it('what is allowed later is added; less is never asked again (F19)', async () => {
    const wiki = await register(owner, { name: 'Вики' });
    await tokensOf(wiki, 'openid');
    expect(await asksAgain(wiki, 'openid profile')).toBe(true);
    await tokensOf(wiki, 'openid profile');
    expect((await list())[0]?.scopes).toEqual(['openid', 'profile']);
    expect(await asksAgain(wiki, 'profile')).toBe(false);
    expect(await asksAgain(wiki, 'profile email')).toBe(true);
    expect(await sql(app, 'SELECT scopes FROM oauth_consents')).toEqual([{ scopes: ['openid', 'profile'] }]);
  });

  it('revoking stops its tokens at once for me alone, and it has to ask again', async () => {
    const [wiki, other] = [await register(owner, { name: 'Вики' }), await register(owner, { name: 'Доска' })];
    const mine = [await tokensOf(wiki, 'openid'), await tokensOf(wiki, 'openid')];
    const [elsewhere, theirs] = [await tokensOf(other, 'openid'), await tokensOf(wiki, 'openid', owner)];
    expect((await person.delete(`${PATH}/${wiki.id.toUpperCase()}`)).status).toBe(204);
    for (const token of mine) expect(await works(token)).toBe(false);
    expect([await works(elsewhere), await works(theirs)]).toEqual([true, true]);
    expect((await list()).map(({ name }) => name)).toEqual(['Доска']);
    expect(await asksAgain(wiki, 'openid')).toBe(true);
    const reasons = await sql(app, 'SELECT DISTINCT end_reason AS reason FROM oauth_grants WHERE ended_at IS NOT NULL');
    expect(reasons).toEqual([{ reason: 'revoked_by_user' }]);
    const log = await owner.get<{ items: object[] }>('/api/v1/audit?key=oauth.application.revoked');
    expect(log.json.items).toMatchObject([
      { subjectId: wiki.id, actorName: 'test_user', facts: { clientId: wiki.clientId, grants: 2 } },
    ]);
  });

  it('a code that is under way does not outlive the revocation', async () => {
    const wiki = await register(owner, { name: 'Вики' });
    const { code, verifier } = await signInTo(person, wiki, { scope: 'openid' });
    expect((await person.delete(`${PATH}/${wiki.id}`)).status).toBe(204);
    expect((await exchange(app.http(), wiki, code, verifier)).json.error).toBe('invalid_grant');
  });

  it('a request that is answered while the consent is being taken back waits, and gets no code', async () => {
    const wiki = await register(owner, { name: 'Вики' });
    await tokensOf(wiki, 'openid');
    const { challenge } = pkce();
    const path = authorizePath(wiki, { scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' });
    const answer = await app.get(UnitOfWork).run(systemContext('test'), async (tx) => {
      await tx.query('DELETE FROM oauth_consents WHERE client_id = $1', [wiki.id]);
      // Sees the consent still, because nothing is committed, and has to wait for how that ends.
      const asked = person.get(path);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { asked };
    });
    // Sent back to be asked anew, and then asked for consent.
    const again = locationOf(await answer.asked);
    expect(again.pathname).toBe('/o/authorize/');
    expect(locationOf(await person.get(again.pathname + again.search)).pathname).toBe('/oauth/consent');
  });

  it('a device that was allowed and has not fetched its token gets none after the revocation', async () => {
    const wiki = await register(owner, { name: 'Консоль' });
    await tokensOf(wiki, 'openid');
    const me = (await person.get<{ id: string }>('/api/v1/users/me')).json.id;
    await sql(
      app,
      `INSERT INTO oauth_device_codes (id, client_id, user_code_hash, scopes, interval_seconds, expires_at, decision, user_id)
       SELECT gen_random_uuid(), $1, repeat(n::text, 64), '{openid}', 5, now() + interval '10 minutes', 'allowed', u
       FROM (VALUES (1, $2::uuid), (2, (SELECT id FROM users WHERE username = 'owner'))) AS t (n, u)`,
      [wiki.id, me],
    );
    await person.delete(`${PATH}/${wiki.id}`);
    const left = await sql(app, 'SELECT user_id = $1 AS mine FROM oauth_device_codes WHERE used_at IS NULL', [me]);
    expect(left).toEqual([{ mine: false }]);
  });

  it('what I never used is not found, whoever else uses it; nobody else’s is mine to end', async () => {
    const wiki = await register(owner, { name: 'Вики' });
    const token = await tokensOf(wiki, 'openid', owner);
    expect(refusal(await person.delete(`${PATH}/${wiki.id}`))).toEqual([404, 'not_found']);
    expect(refusal(await person.delete(`${PATH}/018f0000-0000-7000-8000-000000000000`))).toEqual([404, 'not_found']);
    expect(refusal(await person.delete(`${PATH}/wiki`))).toEqual([400, 'validation_failed']);
    expect(await works(token)).toBe(true);
    expect((await app.http().get(PATH)).status).toBe(401);
  });
});
