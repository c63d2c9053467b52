import { decodeJwt } from 'jose';
import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { exchange, register, signInTo, type TestApplication, type Tokens } from '../../support/oauth/applications.js';
import { introspect, opens, refresh, refusedAs } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let http: HttpClient;
let owner: HttpClient;
let person: HttpClient;
let client: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  owner = await signIn(app, 'owner');
  person = await signIn(app, 'test_user');
  client = await register(owner, { firstParty: true });
});
afterAll(() => closeTestApp(app));

const invalidGrant = [400, 'invalid_grant'];
const tokensOf = async (of = client): Promise<Tokens> => {
  const { code, verifier } = await signInTo(person, of, { scope: 'openid profile' });
  return (await exchange(http, of, code, verifier)).json;
};
/** Lets the grace window of everything that was rotated pass. */
const afterGrace = () => sql(app, `UPDATE oauth_grants SET rotated_at = rotated_at - interval '1 hour'`);
const replays = async (): Promise<number> =>
  (await sql(app, `SELECT 1 FROM audit_log WHERE key = 'oauth.grant.replayed' AND facts->>'what' = 'refresh_token'`))
    .length;

describe('refresh tokens', () => {
  it('rotate with each use; what was given before goes on until it expires', async () => {
    const first = await tokensOf();
    const second = (await refresh(http, client, first.refresh_token)).json;
    const third = (await refresh(http, client, second.refresh_token)).json;
    expect(new Set([first.refresh_token, second.refresh_token, third.refresh_token]).size).toBe(3);
    expect(third).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile' });
    for (const token of [first.access_token, second.access_token, third.access_token])
      expect(await opens(http, token)).toBe(true);
  });

  it('a short repeat gets the same successor: an answer that was lost costs nobody their sign-in', async () => {
    const first = await tokensOf();
    const successor = (await refresh(http, client, first.refresh_token)).json.refresh_token;
    expect((await refresh(http, client, first.refresh_token)).json.refresh_token).toBe(successor);
    expect((await refresh(http, client, successor)).status).toBe(200);
  });

  it('50 at once all succeed and agree on the successor', async () => {
    const first = await tokensOf();
    const before = await replays();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(http, client, first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
    const successors = new Set(answers.map(({ json }) => json.refresh_token));
    expect(successors.size).toBe(1);
    for (const { json } of answers.slice(0, 5)) expect(await opens(http, json.access_token)).toBe(true);
    expect((await refresh(http, client, [...successors][0])).status).toBe(200);
    expect(await replays()).toBe(before);
  });

  it('reuse after the window ends the whole family, is audited once, and touches no other sign-in', async () => {
    const [first, bystander] = [await tokensOf(), await tokensOf()];
    const second = (await refresh(http, client, first.refresh_token)).json;
    const before = await replays();
    await afterGrace();
    for (let n = 0; n < 3; n += 1)
      expect(refusedAs(await refresh(http, client, first.refresh_token))).toEqual(invalidGrant);
    for (const token of [first.access_token, second.access_token]) expect(await opens(http, token)).toBe(false);
    expect(refusedAs(await refresh(http, client, second.refresh_token))).toEqual(invalidGrant);
    expect(await replays()).toBe(before + 1);
    expect(await opens(http, bystander.access_token)).toBe(true);
    const [line] = await sql<{ facts: object }>(
      app,
      `SELECT facts FROM audit_log WHERE key = 'oauth.grant.replayed' ORDER BY id DESC LIMIT 1`,
    );
    expect(line?.facts).toEqual({ clientId: client.clientId, what: 'refresh_token' });
  });

  it('a grandfather ends the family also within the window', async () => {
    const first = await tokensOf();
    const second = (await refresh(http, client, first.refresh_token)).json;
    const third = (await refresh(http, client, second.refresh_token)).json;
    expect(refusedAs(await refresh(http, client, first.refresh_token))).toEqual(invalidGrant);
    expect(await opens(http, third.access_token)).toBe(false);
  });

  it('50 thieves at once after the window: none succeeds, one line in the audit log', async () => {
    const first = await tokensOf();
    await refresh(http, client, first.refresh_token);
    await afterGrace();
    const before = await replays();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(http, client, first.refresh_token)));
    for (const answer of answers) expect(refusedAs(answer)).toEqual(invalidGrant);
    expect(await replays()).toBe(before + 1);
  });

  it('end when nobody uses them for so long as is configured', async () => {
    const { refresh_token: token } = await tokensOf();
    const [row] = await sql<{ days: number }>(
      app,
      `SELECT extract(epoch FROM expires_at - now())::float8 / 86400 AS days FROM oauth_grants ORDER BY created_at DESC LIMIT 1`,
    );
    expect(row?.days).toBeCloseTo(30, 1);
    expect((await introspect(http, client, token)).json).toMatchObject({ active: true, client_id: client.clientId });
    await sql(app, `UPDATE oauth_grants SET expires_at = now() - interval '1 second'`);
    expect(refusedAs(await refresh(http, client, token))).toEqual(invalidGrant);
    expect((await introspect(http, client, token)).json).toEqual({ active: false });
  });

  it('end a year after the sign-in, however often they were used', async () => {
    const first = await tokensOf();
    const days = async (): Promise<number | undefined> =>
      (
        await sql<{ days: number }>(
          app,
          `SELECT extract(epoch FROM expires_at - now())::float8 / 86400 AS days FROM oauth_grants ORDER BY id DESC LIMIT 1`,
        )
      )[0]?.days;
    await sql(app, `UPDATE oauth_grants SET created_at = now() - interval '360 days'`);
    const second = (await refresh(http, client, first.refresh_token)).json;
    expect(await days()).toBeCloseTo(5, 1);
    await sql(
      app,
      `UPDATE oauth_grants SET created_at = created_at - interval '5 days', expires_at = expires_at - interval '5 days'`,
    );
    expect(refusedAs(await refresh(http, client, second.refresh_token))).toEqual(invalidGrant);
  });

  it('narrowed, narrow the id token too', async () => {
    const { refresh_token: token } = await tokensOf();
    const claims = async (scope: string): Promise<object> =>
      decodeJwt(String((await refresh(http, client, token, { scope })).json.id_token));
    expect(await claims('openid profile')).toHaveProperty('name');
    expect(await claims('openid')).not.toHaveProperty('name');
  });

  it('are not given to an application that is not registered for them', async () => {
    const plain = await register(owner, { firstParty: true, grantTypes: ['authorization_code'] });
    const tokens = await tokensOf(plain);
    expect(tokens.refresh_token).toBeUndefined();
    expect(refusedAs(await refresh(http, plain, (await tokensOf()).refresh_token))).toEqual([
      400,
      'unauthorized_client',
    ]);
  });

  it('work for a public application without a secret', async () => {
    const native = await register(owner, { kind: 'public', firstParty: true, redirectUris: ['http://127.0.0.1/cb'] });
    const first = await tokensOf(native);
    const second = (await refresh(http, native, first.refresh_token)).json;
    expect(await opens(http, second.access_token)).toBe(true);
  });
});
