import { createUser, GOOD_PASSWORD, localPassword, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import {
  consent,
  exchange,
  locationOf,
  register,
  signInTo,
  type TestApplication,
  told,
} from '../../support/oauth/applications.js';
import { asking } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let owner: HttpClient;
let first: TestApplication;
let third: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  owner = await signIn(app, 'owner');
  first = await register(owner, { firstParty: true });
  third = await register(owner);
});
afterAll(() => closeTestApp(app));

/** The address to which the sign-in page would lead back; fails when it is not the sign-in page that comes. */
function nextOf(answer: HttpAnswer<unknown>): string {
  const location = locationOf(answer);
  expect(location.pathname).toBe('/login');
  return location.searchParams.get('next') ?? '';
}
const login = (browser: HttpClient, name = 'test_user') =>
  browser.post('/api/v1/auth/login', { login: name, password: localPassword(name) });
const somebody = async (): Promise<HttpClient> => signIn(app, (await createUser(owner)).username, GOOD_PASSWORD);
/** All sessions so far began an hour ago. */
const hourLater = () => sql(app, `UPDATE sessions SET created_at = created_at - interval '1 hour'`);
const marker = (path: string): string => new URL(path, app.url).searchParams.get('besedka_resume') ?? '';

describe('prompt', () => {
  it('none: a code for somebody who is signed in, without a page', async () => {
    expect(told(await (await signIn(app, 'test_user')).get(asking(first, { prompt: 'none' }))).code).toBeDefined();
  });

  it('none: never a page: login_required, consent_required', async () => {
    expect(told(await app.http().get(asking(first, { prompt: 'none', state: 's' })))).toMatchObject({
      error: 'login_required',
      state: 's',
    });
    const person = await somebody();
    expect(told(await person.get(asking(third, { prompt: 'none', state: 's' })))).toMatchObject({
      error: 'consent_required',
      state: 's',
    });
    await hourLater();
    expect(told(await person.get(asking(first, { prompt: 'none', max_age: '60' })))).toMatchObject({
      error: 'login_required',
    });
  });

  it('none: does not go with anything else, and unknown words are none', async () => {
    for (const prompt of ['none login', 'none consent', 'create', 'none x', 'NONE'])
      expect(told(await app.http().get(asking(first, { prompt })))).toMatchObject({ error: 'invalid_request' });
  });

  it.each(['login', 'select_account', 'login consent'])(
    '%s: asks for the password though somebody is signed in, once',
    async (prompt) => {
      const person = await signIn(app, 'test_user');
      await hourLater();
      const next = nextOf(await person.get(asking(first, { prompt, state: 's' })));
      // Without signing in again, the way back leads to the sign-in page again.
      nextOf(await person.get(next));
      await login(person);
      expect(told(await person.get(next))).toMatchObject({ code: expect.any(String), state: 's' });
    },
  );

  it('login: somebody else may sign in, and it is them', async () => {
    const person = await signIn(app, 'test_user');
    await hourLater();
    const next = nextOf(await person.get(asking(first, { prompt: 'login' })));
    await login(person, 'store_owner');
    expect(told(await person.get(next)).code).toBeDefined();
  });

  it('consent: asks again though it was allowed before', async () => {
    const person = await somebody();
    await signInTo(person, third, { scope: 'openid' });
    expect(told(await person.get(asking(third, {}))).code).toBeDefined();
    const path = asking(third, { prompt: 'consent', state: 'a+b%2f' });
    expect(locationOf(await person.get(path)).pathname).toBe('/oauth/consent');
    const decided = await consent(person, path);
    expect(told(await person.get(decided.json.location)).code).toBeDefined();
    // The next request asks again.
    expect(locationOf(await person.get(path)).pathname).toBe('/oauth/consent');
  });

  it('consent: a first-party application never asks (F19)', async () => {
    expect(told(await (await somebody()).get(asking(first, { prompt: 'consent' }))).code).toBeDefined();
  });

  it('login and consent together: both, in this order, each once', async () => {
    const person = await signIn(app, 'store_admin');
    await hourLater();
    const next = nextOf(await person.get(asking(third, { prompt: 'login consent' })));
    await login(person, 'store_admin');
    const asked = await person.get(next);
    expect(locationOf(asked).pathname).toBe('/oauth/consent');
    const request = (asked.headers.get('location') ?? '').replace('/oauth/consent?', '');
    const decided = await person.post<{ location: string }>('/api/v1/oauth/consent', { request, allow: true });
    expect(told(await person.get(decided.json.location)).code).toBeDefined();
  });
});

describe('max_age and login_hint', () => {
  it('max_age: a younger sign-in is enough, an older one is not', async () => {
    const person = await signIn(app, 'test_user');
    expect(told(await person.get(asking(first, { max_age: '60' }))).code).toBeDefined();
    await hourLater();
    expect(told(await person.get(asking(first, { max_age: '7200' }))).code).toBeDefined();
    const next = nextOf(await person.get(asking(first, { max_age: '60' })));
    nextOf(await person.get(next));
    await login(person);
    expect(told(await person.get(next)).code).toBeDefined();
  });

  it('max_age: 0 asks always, nonsense is refused', async () => {
    const person = await signIn(app, 'test_user');
    await new Promise((done) => setTimeout(done, 20));
    nextOf(await person.get(asking(first, { max_age: '0' })));
    for (const bad of ['-1', '1.5', 'x', '1e3', '99999999999'])
      expect(told(await person.get(asking(first, { max_age: bad })))).toMatchObject({ error: 'invalid_request' });
  });

  it('login_hint: reaches the sign-in page as text', async () => {
    const hint = 'a&next=https://evil.example#"<x>';
    const location = locationOf(await app.http().get(asking(first, { login_hint: hint })));
    expect(location.searchParams.get('login_hint')).toBe(hint);
    expect(location.searchParams.getAll('next')).toHaveLength(1);
  });
});

describe('id_token_hint', () => {
  const hintOf = async (person: HttpClient, of = first): Promise<string> => {
    const { code, verifier } = await signInTo(person, of, { scope: 'openid' });
    return (await exchange(app.http(), of, code, verifier)).json.id_token ?? '';
  };

  it('of the person who is signed in: goes on', async () => {
    const person = await signIn(app, 'test_user');
    const hint = await hintOf(person);
    for (const prompt of [null, 'none'])
      expect(told(await person.get(asking(first, { id_token_hint: hint, prompt }))).code).toBeDefined();
  });

  it('of somebody else: never a code for whoever is signed in (OpenID Connect Core 3.1.2.1)', async () => {
    const hint = await hintOf(await signIn(app, 'store_owner'));
    const person = await signIn(app, 'test_user');
    expect(told(await person.get(asking(first, { id_token_hint: hint, prompt: 'none' })))).toMatchObject({
      error: 'login_required',
    });
    const next = nextOf(await person.get(asking(first, { id_token_hint: hint, state: 's' })));
    // Signing in as the same person again ends the way; as the right one, it goes on.
    await login(person, 'test_user');
    expect(told(await person.get(next))).toMatchObject({ error: 'login_required', state: 's' });
    await login(person, 'store_owner');
    expect(told(await person.get(next)).code).toBeDefined();
  });

  it('that is none of ours for this application: refused', async () => {
    const person = await signIn(app, 'test_user');
    for (const hint of ['x', 'a.b.c', await hintOf(person, third)])
      expect(told(await person.get(asking(first, { id_token_hint: hint })))).toMatchObject({
        error: 'invalid_request',
      });
  });
});

describe('a session whose access token has expired', () => {
  it('resumes by itself, with the very request', async () => {
    const short = await createTestApp({ env: { ACCESS_TOKEN_SECONDS: '5' } });
    try {
      const own = await register(await signIn(short, 'owner'), { firstParty: true });
      const person = await signIn(short, 'test_user');
      await new Promise((done) => setTimeout(done, 5_200));
      const path = asking(own, { prompt: 'none', state: 'a+b%2fc' });
      const there = (await person.get(path)).headers.get('location') ?? '';
      expect(there.startsWith('/api/v1/auth/continue?to=')).toBe(true);
      const back = (await person.get(there)).headers.get('location') ?? '';
      expect(back).toBe(`${path}&besedka_continued=1`);
      expect(told(await person.get(back))).toMatchObject({ code: expect.any(String), state: 'a+b%2fc' });
    } finally {
      await short.close();
    }
  });

  /** Follows redirects of ours until one leaves, or a page. */
  const follow = async (
    browser: HttpClient,
    path: string,
  ): Promise<{ answer: HttpAnswer<unknown>; hops: string[] }> => {
    const hops: string[] = [];
    let answer = await browser.get(path);
    for (let n = 0; n < 10; n += 1) {
      const location = answer.headers.get('location') ?? '';
      hops.push(location.split('?', 1)[0] ?? '');
      if (!location.startsWith('/o/') && !location.startsWith('/api/')) break;
      answer = await browser.get(location);
    }
    return { answer, hops };
  };

  it('that has ended: one visit to the refresh address, then the sign-in page, or login_required for prompt=none', async () => {
    const stale = async (): Promise<HttpClient> => {
      const browser = await signIn(app, 'test_user');
      await sql(
        app,
        `UPDATE sessions SET ended_at = now() WHERE ended_at IS NULL AND user_id = (SELECT id FROM users WHERE username = 'test_user')`,
      );
      return browser;
    };
    const browser = await stale();
    const { hops, answer } = await follow(browser, asking(first, { state: 's' }));
    expect(hops).toEqual(['/api/v1/auth/continue', '/o/authorize/', '/login']);
    expect(browser.cookieHeader('/api/v1/auth')).toBe('');
    await login(browser);
    expect(told(await browser.get(nextOf(answer)))).toMatchObject({ state: 's', code: expect.any(String) });
    const silent = await follow(await stale(), asking(first, { prompt: 'none' }));
    expect(told(silent.answer)).toMatchObject({ error: 'login_required' });
  });

  it('with cookies that mean nothing: no circle', async () => {
    const browser = app.http();
    browser.setCookie(app.config.auth.cookies.access, 'x');
    browser.setCookie(app.config.auth.cookies.refresh, 'y', '/api/v1/auth');
    expect((await follow(browser, asking(first))).hops.at(-1)).toBe('/login');
    const stubborn = app.http();
    const cookie = `${app.config.auth.cookies.access}=x`;
    const back = (await stubborn.get(asking(first), { headers: { cookie } })).headers.get('location') ?? '';
    const again = new URL(back, app.url).searchParams.get('to') ?? '';
    expect(locationOf(await stubborn.get(again, { headers: { cookie } })).pathname).toBe('/login');
  });

  it('keeps the note that the person has just consented', async () => {
    const person = await somebody();
    const path = asking(third, { prompt: 'consent' });
    const decided = (await consent(person, path)).json.location;
    person.setCookie(app.config.auth.cookies.access, 'expired');
    expect(told((await follow(person, decided)).answer).code).toBeDefined();
  });
});

describe('the resume marker', () => {
  it('cannot be forged', async () => {
    const person = await signIn(app, 'test_user');
    await hourLater();
    const path = asking(first, { prompt: 'login' });
    const real = marker(nextOf(await person.get(path)));
    const [at = '', asked = '', by = '', mac = ''] = real.split('~');
    const long = `${Number(asked) - 86_400_000}`;
    for (const forged of [
      'x',
      '~~~',
      '',
      `${at}~${long}~${by}~${mac}`,
      `${at}~1~${by}~${mac}`,
      `${at}~${asked}~x~${mac}`,
      real.slice(0, -1),
      `${real}A`,
      'x'.repeat(5000),
    ])
      nextOf(await person.get(`${path}&besedka_resume=${encodeURIComponent(forged)}`));
  });

  it('cannot be moved to another request', async () => {
    const person = await somebody();
    const consented = (await consent(person, asking(third, { prompt: 'consent', state: 'one' }))).json.location;
    expect(told(await person.get(consented)).code).toBeDefined();
    for (const other of [
      asking(third, { prompt: 'consent', state: 'two' }),
      `${consented.replace(/&besedka_resume=.*/, '')}&nonce=other`,
      consented.replace(/&besedka_resume=.*/, '').replace('scope=openid', 'scope=openid+email'),
    ])
      expect(
        locationOf(await person.get(`${other}&besedka_resume=${encodeURIComponent(marker(consented))}`)).pathname,
      ).toBe('/oauth/consent');
  });

  it('cannot be used by another person', async () => {
    const [person, other] = [await somebody(), await somebody()];
    await signInTo(other, third, { scope: 'openid' });
    const consented = (await consent(person, asking(third, { prompt: 'consent' }))).json.location;
    expect(locationOf(await other.get(consented)).pathname).toBe('/oauth/consent');
    // Nor does one who signed in long ago become one who has just done so.
    await hourLater();
    const next = nextOf(await person.get(asking(first, { prompt: 'login' })));
    nextOf(await other.get(next));
  });
});

describe('consent', () => {
  it('a public application that anybody could pretend to be asks each time; one with an address of its own once (RFC 8252 8.6)', async () => {
    const native = await register(owner, {
      kind: 'public',
      redirectUris: ['http://127.0.0.1/cb', 'org.example.app:/cb', 'https://app.example.org/cb'],
    });
    const person = await somebody();
    const asks = async (redirectUri: string, more = {}) =>
      locationOf(await person.get(asking({ ...native, redirectUri }, more))).pathname === '/oauth/consent';
    await signInTo(person, native, { scope: 'openid' });
    expect(await asks('http://127.0.0.1:5000/cb')).toBe(true);
    expect(await asks('org.example.app:/cb')).toBe(true);
    expect(await asks('https://app.example.org/cb')).toBe(false);
    expect(told(await person.get(asking(native, { prompt: 'none' })))).toMatchObject({ error: 'consent_required' });
  });

  it('is given by the person who is signed in, from our own page', async () => {
    const path = asking(third);
    expect((await consent(app.http(), path)).status).toBe(401);
    const request = path.slice(path.indexOf('?') + 1);
    const foreign = await (
      await somebody()
    ).post('/api/v1/oauth/consent', { request, allow: true }, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.json.code]).toEqual([403, 'csrf_rejected']);
  });
});
