import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import {
  exchange,
  pkce,
  postForm,
  REDIRECT_URI,
  register,
  signInTo,
  type TestApplication,
  told,
} from '../../support/oauth/applications.js';
import { asking, credentials, opens, refresh, refusedAs } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const OTHER_URI = 'https://app.example.org/other';

let app: TestApp;
let http: HttpClient;
let person: HttpClient;
let client: TestApplication;
let other: TestApplication;
let open: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  const owner = await signIn(app, 'owner');
  person = await signIn(app, 'test_user');
  client = await register(owner, { redirectUris: [REDIRECT_URI, OTHER_URI] });
  other = await register(owner, { name: 'Чужое приложение' });
  open = await register(owner, { pkceRequired: false, firstParty: true });
});
afterAll(() => closeTestApp(app));

const invalidGrant = [400, 'invalid_grant'];
type Exchanged = HttpAnswer<Record<string, unknown>>;

/** The attempt is refused, and afterwards the rightful application gets nothing for the code either. */
async function burns(attempt: (code: string, verifier: string) => Promise<Exchanged>, error = 'invalid_grant') {
  const { code, verifier } = await signInTo(person, client);
  expect(refusedAs(await attempt(code, verifier))).toEqual([400, error]);
  expect(refusedAs(await exchange(http, client, code, verifier))).toEqual(invalidGrant);
}

describe('injected and stolen codes', () => {
  it('code injection: a code of another application', () =>
    burns((code, verifier) => exchange(http, other, code, verifier)));

  it('code injection: another redirect URI, also one that is registered', async () => {
    for (const uri of [OTHER_URI, `${REDIRECT_URI}/`, 'https://evil.example/'])
      await burns((code, verifier) => exchange(http, client, code, verifier, { redirect_uri: uri }));
  });

  it('code injection: no redirect URI', () =>
    burns(
      (code, verifier) =>
        postForm(http, '/o/token/', {
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          ...credentials(client),
        }),
      'invalid_request',
    ));

  it('code injection: a stolen code in the attacker’s own session, whose verifier is another', () =>
    burns((code) => exchange(http, client, code, pkce().verifier)));

  it('code injection: the challenge itself, an empty or a short verifier', async () => {
    const { verifier, challenge } = pkce();
    const { code } = await signInTo(person, client, { code_challenge: challenge });
    expect(refusedAs(await exchange(http, client, code, challenge))).toEqual(invalidGrant);
    expect(refusedAs(await exchange(http, client, code, verifier))).toEqual(invalidGrant);
    await burns((given) => exchange(http, client, given, ''));
    await burns((given) => exchange(http, client, given, 'short'), 'invalid_request');
  });

  it('code injection: a forged, cut, lengthened or respelled code is none, and burns nothing', async () => {
    const { code, verifier } = await signInTo(person, client);
    const flipped = code.slice(0, 10) + (code[10] === 'A' ? 'B' : 'A') + code.slice(11);
    // 48 bytes are exactly 64 characters, so the last one has no spare bits; padding and the other alphabet are other spellings.
    for (const forged of [
      flipped,
      code.slice(1),
      `${code}A`,
      `${code}=`,
      code.toLowerCase(),
      ` ${code}`,
      'x'.repeat(5000),
    ]) {
      expect([forged, (await exchange(http, client, forged, verifier)).status]).toEqual([forged, 400]);
    }
    expect((await exchange(http, client, code, verifier)).status).toBe(200);
  });

  it('code injection: tokens of one kind are nothing as another', async () => {
    const { code, verifier } = await signInTo(person, client);
    const tokens = (await exchange(http, client, code, verifier)).json;
    const another = (await signInTo(person, client)).code;
    for (const token of [tokens.access_token, tokens.refresh_token ?? '', tokens.id_token ?? ''])
      expect(refusedAs(await exchange(http, client, token, verifier))).toEqual(invalidGrant);
    for (const token of [tokens.access_token, another]) {
      expect(refusedAs(await refresh(http, client, token))).toEqual(invalidGrant);
    }
    for (const token of [tokens.refresh_token ?? '', another, tokens.id_token ?? ''])
      expect(await opens(http, token)).toBe(false);
    expect(await opens(http, tokens.access_token)).toBe(true);
  });
});

describe('codes that come back', () => {
  it('replay: a used code gives nothing and ends what it gave, audited', async () => {
    const { code, verifier } = await signInTo(person, client);
    const tokens = (await exchange(http, client, code, verifier)).json;
    const next = (await refresh(http, client, tokens.refresh_token)).json;
    expect(await opens(http, next.access_token)).toBe(true);
    expect(refusedAs(await exchange(http, client, code, verifier))).toEqual(invalidGrant);
    for (const token of [tokens.access_token, next.access_token]) expect(await opens(http, token)).toBe(false);
    expect(refusedAs(await refresh(http, client, next.refresh_token))).toEqual(invalidGrant);
    const lines = await sql(
      app,
      `SELECT 1 FROM audit_log WHERE key = 'oauth.grant.replayed' AND facts->>'what' = 'code'`,
    );
    expect(lines).toHaveLength(1);
  });

  it('replay: by another application ends it as well, other sign-ins go on', async () => {
    const mine = await signInTo(person, client);
    const bystander = await signInTo(person, client);
    const tokens = (await exchange(http, client, mine.code, mine.verifier)).json;
    const kept = (await exchange(http, client, bystander.code, bystander.verifier)).json;
    expect(refusedAs(await exchange(http, other, mine.code, mine.verifier))).toEqual(invalidGrant);
    expect(await opens(http, tokens.access_token)).toBe(false);
    expect(await opens(http, kept.access_token)).toBe(true);
  });

  it('replay: of many at once, one at most gets tokens, and they do not live', async () => {
    const { code, verifier } = await signInTo(person, client);
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(http, client, code, verifier)));
    const won = answers.filter((answer) => answer.status === 200);
    expect(won).toHaveLength(1);
    for (const answer of answers.filter((one) => one.status !== 200)) expect(refusedAs(answer)).toEqual(invalidGrant);
    expect(await opens(http, won[0]?.json.access_token ?? '')).toBe(false);
  });

  it('replay: a code lives 60 seconds', async () => {
    const { code, verifier } = await signInTo(person, client);
    const [row] = await sql<{ life: number }>(
      app,
      `SELECT extract(epoch FROM code_expires_at - created_at)::float8 AS life FROM oauth_grants ORDER BY created_at DESC LIMIT 1`,
    );
    expect(row?.life).toBeCloseTo(60, 0);
    await sql(
      app,
      `UPDATE oauth_grants SET code_expires_at = now() - interval '1 ms', expires_at = now() - interval '1 ms'
       WHERE code_used_at IS NULL`,
    );
    expect(refusedAs(await exchange(http, client, code, verifier))).toEqual(invalidGrant);
  });

  it('replay: a code is worth nothing once its session has ended', async () => {
    const leaving = await signIn(app, 'admin');
    const { code, verifier } = await signInTo(leaving, client);
    expect((await leaving.post('/api/v1/auth/logout')).status).toBe(204);
    expect(refusedAs(await exchange(http, client, code, verifier))).toEqual(invalidGrant);
  });
});

describe('PKCE', () => {
  it('PKCE downgrade: no challenge where it is required', async () => {
    const answer = await person.get(asking(client, { code_challenge: null, code_challenge_method: null }));
    expect(told(answer)).toMatchObject({ error: 'invalid_request' });
    expect(told(answer).code).toBeUndefined();
  });

  it('PKCE downgrade: a challenge without a method, which would mean plain', async () => {
    expect(told(await person.get(asking(client, { code_challenge_method: null })))).toMatchObject({
      error: 'invalid_request',
    });
  });

  it('PKCE downgrade: plain, also in other spellings', async () => {
    for (const method of ['plain', 'PLAIN', 's256', 'S512', 'none']) {
      for (const each of [client, open])
        expect(told(await person.get(asking(each, { code_challenge_method: method })))).toMatchObject({
          error: 'invalid_request',
        });
    }
  });

  it('PKCE downgrade: a challenge that no SHA-256 gives', async () => {
    for (const challenge of ['x', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}+`])
      expect(told(await person.get(asking(client, { code_challenge: challenge })))).toMatchObject({
        error: 'invalid_request',
      });
  });

  it('PKCE downgrade: the method without a challenge', async () => {
    expect(told(await person.get(asking(open, { code_challenge: null })))).toMatchObject({ error: 'invalid_request' });
  });

  it('PKCE downgrade: no verifier for a code that was asked for with a challenge', async () => {
    await burns((code) => exchange(http, client, code, null));
    // Also for an application that may do without: the challenge was dropped on the way (RFC 9700 2.1.1).
    const { code } = await signInTo(person, open);
    expect(refusedAs(await exchange(http, open, code, null))).toEqual(invalidGrant);
  });

  it('PKCE downgrade: a verifier for a code that was asked for without a challenge', async () => {
    const bare = { code_challenge: null, code_challenge_method: null };
    const { code } = await signInTo(person, open, bare);
    expect(refusedAs(await exchange(http, open, code, pkce().verifier))).toEqual(invalidGrant);
    const again = await signInTo(person, open, bare);
    expect((await exchange(http, open, again.code, null)).status).toBe(200);
  });
});
