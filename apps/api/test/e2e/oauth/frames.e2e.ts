import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpAnswer } from '../../support/http-client.js';
import { signIn } from '../../support/accounts/accounts.js';
import { register } from '../../support/oauth/applications.js';
import { asking } from '../../support/oauth/attacks.js';
import { createTestApp, type TestApp } from '../../support/test-app.js';

const WAITING = encodeURIComponent('/o/authorize/?client_id=x');
const HTML = { headers: { accept: 'text/html' } };

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'besedka-frames-'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>page</title>');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Who may frame an answer: the policy's sources, and what older browsers are told. */
function framing(answer: HttpAnswer<unknown>): { ancestors: string | undefined; older: string | null } {
  const policy = answer.headers.get('content-security-policy') ?? '';
  return { ancestors: /frame-ancestors ([^;]*)/.exec(policy)?.[1], older: answer.headers.get('x-frame-options') };
}
const OURS = { ancestors: "'self'", older: 'SAMEORIGIN' };
const WITH_CHAT = { ancestors: "'self' https://chat.example.org:8443", older: null };

async function withPortal(rocketChat: string | undefined, work: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await createTestApp({
    env: { WEB_ROOT: root, ...(rocketChat !== undefined && { ROCKETCHAT_URL: rocketChat }) },
  });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

/** What a person may meet on the way of a sign-in. */
async function onTheWay(app: TestApp): Promise<HttpAnswer<unknown>[]> {
  const first = await register(await signIn(app, 'owner'), { firstParty: true });
  const person = await signIn(app, 'test_user');
  return [
    await person.get(asking(first)),
    await app.http().get(asking(first)),
    await person.get('/o/authorize/?client_id=nobody'),
    await person.get('/oauth/consent?client_id=x', HTML),
    await person.get('/oauth/consent/?client_id=x', HTML),
    await person.get(`/login?next=${WAITING}`, HTML),
    await person.get(`/login?login_hint=a&next=${WAITING}`, HTML),
  ];
}
/** Everything else. */
async function elsewhere(app: TestApp): Promise<HttpAnswer<unknown>[]> {
  const person = await signIn(app, 'owner');
  const pages = [
    '/',
    '/login',
    '/login?next=/chat',
    `/login?next=${encodeURIComponent('https://evil.example/o/authorize/?x')}`,
    '/chat',
    `/chat?next=${WAITING}`,
    '/admin/applications',
    '/profile',
    '/device',
    '/oauth/logout',
    '/oauth/consentful',
  ];
  const answers: HttpAnswer<unknown>[] = [];
  for (const page of pages) answers.push(await person.get(page, HTML));
  for (const path of [
    '/api/v1/users/me',
    '/o/logout/?post_logout_redirect_uri=x',
    '/.well-known/openid-configuration',
    '/o/userinfo/',
  ])
    answers.push(await person.get(path));
  return answers;
}

/** Whom our own pages frame and talk with. */
function reach(answer: HttpAnswer<unknown>): { frames: string | undefined; connects: string | undefined } {
  const policy = answer.headers.get('content-security-policy') ?? '';
  return { frames: /frame-src ([^;]*)/.exec(policy)?.[1], connects: /connect-src ([^;]*)/.exec(policy)?.[1] };
}

describe('framing', () => {
  it('without ROCKETCHAT_URL nobody but us frames anything', async () => {
    await withPortal(undefined, async (app) => {
      for (const answer of [...(await onTheWay(app)), ...(await elsewhere(app))]) expect(framing(answer)).toEqual(OURS);
      expect(reach(await app.http().get('/chat', HTML))).toEqual({ frames: "'self'", connects: "'self'" });
    });
  });

  it('with ROCKETCHAT_URL its origin may frame what a sign-in passes through, and nothing else', async () => {
    await withPortal('https://chat.example.org:8443/some/path', async (app) => {
      for (const [n, answer] of (await onTheWay(app)).entries()) expect([n, framing(answer)]).toEqual([n, WITH_CHAT]);
      for (const [n, answer] of (await elsewhere(app)).entries()) expect([n, framing(answer)]).toEqual([n, OURS]);
      expect(reach(await app.http().get('/chat', HTML))).toEqual({
        frames: "'self' https://chat.example.org:8443",
        connects: "'self' https://chat.example.org:8443 wss://chat.example.org:8443",
      });
    });
  });
});
