import { type IncomingHttpHeaders, request } from 'node:http';
import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { register, type TestApplication } from '../../support/oauth/applications.js';
import { asking } from '../../support/oauth/attacks.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
interface Portal {
  readonly app: TestApp;
  readonly client: TestApplication;
  readonly other: TestApplication;
  /** One request to authorize; `mode` is what it says about itself (null: nothing). */
  go(person: HttpClient, of?: TestApplication, mode?: string | null): Promise<Answer>;
}

/** `fetch` would say `cors` of itself, whatever it is told. */
function ask(app: TestApp, person: HttpClient, path: string, mode: string | null): Promise<Answer> {
  const headers = { cookie: person.cookieHeader('/o/authorize'), ...(mode !== null && { 'sec-fetch-mode': mode }) };
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, app.url), { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.on('error', reject).end();
  });
}

/** Runs with a portal of its own whose limit is set so. */
async function withLimit(limit: string | undefined, work: (portal: Portal) => Promise<void>): Promise<void> {
  const app = await createTestApp({ env: limit === undefined ? {} : { OAUTH_LOOP_LIMIT: limit } });
  try {
    const owner = await signIn(app, 'owner');
    const [client, other] = [await register(owner, { firstParty: true }), await register(owner, { firstParty: true })];
    let n = 0;
    const go = (person: HttpClient, of = client, mode: string | null = 'navigate'): Promise<Answer> => {
      n += 1;
      return ask(app, person, asking(of, { state: `s${n}` }), mode);
    };
    await work({ app, client, other, go });
  } finally {
    await app.close();
  }
}
const gotCode = ({ status, headers }: Answer): boolean => status === 302 && /[?&]code=/.test(headers.location ?? '');

describe('the loop breaker', () => {
  it('stops the fourth navigation within 30 seconds with a page that says why and leads on', async () => {
    await withLimit(undefined, async ({ app, other, go }) => {
      const [person, bystander] = [await signIn(app, 'test_user'), await signIn(app, 'admin')];
      for (let n = 0; n < 3; n += 1) expect(gotCode(await go(person))).toBe(true);
      const stopped = await go(person);
      expect([stopped.status, stopped.headers['content-type'], stopped.headers.location]).toEqual([
        429,
        'text/html; charset=utf-8',
        undefined,
      ]);
      expect(stopped.headers['content-security-policy']).toContain("default-src 'self'");
      expect(stopped.text).toContain('loop');
      expect(gotCode(await go(bystander))).toBe(true);
      expect(gotCode(await go(person, other))).toBe(true);
      // At their other devices the same person goes round in no circle.
      expect(gotCode(await go(await signIn(app, 'test_user')))).toBe(true);
      const onward = /<a class="first" href="([^"]+)"/.exec(stopped.text)?.[1]?.replaceAll('&#38;', '&') ?? '';
      const went = await ask(app, person, onward, 'navigate');
      expect([gotCode(went), /[?&]state=([^&]*)/.exec(went.headers.location ?? '')?.[1]]).toEqual([true, 's4']);
      const lines = await sql(app, `SELECT 1 FROM audit_log WHERE key = 'oauth.loop-broken'`);
      expect(lines).toHaveLength(1);
    });
  });

  it('speaks the language of the account in its theme, and without one the language of the browser', async () => {
    await withLimit('1', async ({ app, go }) => {
      const person = await signIn(app, 'test_user');
      await person.patch('/api/v1/users/me', { locale: 'en', theme: 'dark' });
      await go(person);
      expect((await go(person)).text).toMatch(/^<!doctype html><html lang="en" class="dark">/);
      await person.patch('/api/v1/users/me', { locale: 'ru', theme: 'light' });
      await go(person);
      expect((await go(person)).text).toMatch(/^<!doctype html><html lang="ru" class="light">/);
      const unknown = '/o/authorize/?client_id=unknown';
      const asEnglish = { headers: { 'accept-language': 'en' } };
      const start = async (answer: Promise<{ text: string }>): Promise<string> => (await answer).text.slice(0, 55);
      expect(await start(app.http().get(unknown, asEnglish))).toContain('<html lang="en">');
      expect(await start(person.get(unknown, asEnglish))).toContain('<html lang="ru" class="light">');
      const logout = '/o/logout/?client_id=unknown&post_logout_redirect_uri=https://nowhere.example/';
      expect(await start(person.get(logout, asEnglish))).toContain('<html lang="ru" class="light">');
      expect(await start(person.get(`${logout}&ui_locales=en`))).toContain('<html lang="en" class="light">');
    });
  });

  it('counts neither programs, which say nothing of navigating, nor requests that pages make', async () => {
    await withLimit('1', async ({ app, client, go }) => {
      const person = await signIn(app, 'test_user');
      for (const mode of [null, 'cors', 'no-cors'])
        for (let n = 0; n < 5; n += 1) expect(gotCode(await go(person, client, mode))).toBe(true);
      expect(gotCode(await go(person))).toBe(true);
      expect((await go(person)).status).toBe(429);
    });
  });

  it('counts nothing that gives no code or that nobody sees: waiting for consent, prompt=none', async () => {
    await withLimit('1', async ({ app, client }) => {
      const person = await signIn(app, 'test_user');
      const third = await register(await signIn(app, 'owner'));
      for (let n = 0; n < 4; n += 1) {
        expect(gotCode(await ask(app, person, asking(client, { prompt: 'none' }), 'navigate'))).toBe(true);
        const waiting = await ask(app, person, asking(third), 'navigate');
        expect(waiting.headers.location).toContain('/oauth/consent?');
      }
    });
  });

  it('is off at 0', async () => {
    await withLimit('0', async ({ app, go }) => {
      const person = await signIn(app, 'test_user');
      for (let n = 0; n < 10; n += 1) expect(gotCode(await go(person))).toBe(true);
    });
  });
});
