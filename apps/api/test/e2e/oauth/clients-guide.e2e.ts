import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { DEVICE_CODE_GRANT, OAUTH_SCOPES, type OAuthGrantType, type OAuthScope } from '@besedka/contracts';
import { providerMetadata } from '../../../src/modules/oauth-provider/oidc-metadata.js';
import { signIn } from '../../support/accounts/accounts.js';
import { register, type TestApplication } from '../../support/oauth/applications.js';
import { Browser } from '../../support/oauth/clients/browser.js';
import { Guide, quoted, Shell } from '../../support/oauth/clients/guide.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const PERSON = { login: 'test_user', password: 'user123secure' };
const LOCALE = join(import.meta.dirname, '../../../../web/src/shared/i18n/locales/en/applications.json');
const texts = JSON.parse(readFileSync(LOCALE, 'utf8')) as {
  preset: Record<string, { title: string }>;
  grant: { device_code: { title: string } };
  field: Record<string, string>;
};
/** Where the commands of the guide cannot run, their tests are told as not run. */
const withShell = spawnSync('sh', ['-c', 'command -v curl && command -v node']).status === 0 ? it : it.skip;
/** Whether what one chooses under "What is it?" has a secret. */
const KINDS = { web: 'confidential', service: 'confidential', device: 'public' } as const;

let app: TestApp;
let portal: string;
let guide: Guide;
const applications = new Map<string, TestApplication>();

beforeAll(async () => {
  // The same person signs in to the same application with everything on the page, faster than anybody reads.
  app = await createTestApp({ ownAddress: true, env: { OAUTH_LOOP_LIMIT: '0' } });
  portal = app.config.http.publicUrl;
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  guide = new Guide((free.address() as AddressInfo).port);
  free.close();
  const owner = await signIn(app, 'owner');
  for (const row of guide.table('Register your application')) await registerAsTold(owner, row);
});
afterAll(() => closeTestApp(app));

/** What the admin page sends when it is filled in as the row says. */
async function registerAsTold(owner: Parameters<typeof register>[0], row: Record<string, string>): Promise<void> {
  const cell = (title: string): string => {
    if (row[title] === undefined) throw new Error(`no column ${title}`);
    return row[title];
  };
  const preset = Object.entries(texts.preset).find(([, { title }]) => title === cell('What is it?'))?.[0];
  const grants = quoted(cell(texts.field.grantTypes ?? '')) as OAuthGrantType[];
  const device = cell(texts.field.grantTypes ?? '').includes(texts.grant.device_code.title);
  const name = quoted(cell(texts.field.name ?? ''))[0] ?? '';
  const application = await register(owner, {
    name,
    kind: KINDS[preset as keyof typeof KINDS],
    grantTypes: device ? [DEVICE_CODE_GRANT, ...grants] : grants,
    scopes: quoted(cell(texts.field.scopes ?? '')) as OAuthScope[],
    redirectUris: quoted(cell(texts.field.redirectUris ?? '')),
    postLogoutRedirectUris: quoted(cell(texts.field.postLogoutRedirectUris ?? '')),
  });
  applications.set(name, application);
}

const application = (name: string): { id: string; secret: string } => {
  const { clientId = '', secret = null } = applications.get(name) ?? {};
  return { id: clientId, secret: secret ?? '' };
};

/** The JSON in what a shell has printed. */
const json = (printed: string): Record<string, unknown> => JSON.parse(printed.trim()) as Record<string, unknown>;

describe('the developer guide', () => {
  withShell('signs somebody in by its commands, in the order in which they stand', async () => {
    const shell = Shell.open();
    const browser = new Browser(portal, PERSON);
    const only = (heading: string): string => guide.blocks(heading, 'sh').join('\n');
    try {
      const { id, secret } = application('My web app');
      await shell.paste(only('By hand, with curl'), { portal, client_id: id, secret });
      expect(json(await shell.paste(only('Find the addresses')))).toMatchObject({ issuer: portal });

      const [ask = '', paste = ''] = guide.blocks('Get a code', 'sh');
      const back = await browser.open((await shell.paste(ask)).trim(), guide.home);
      expect(browser.pages).toEqual(['/login', '/oauth/consent']);
      expect(Object.fromEntries(back.url.searchParams)).toMatchObject({ state: 'anything', iss: portal });
      await shell.paste(paste, { code: back.url.searchParams.get('code') ?? '' });

      expect(json(await shell.paste(only('Exchange it for tokens')))).toMatchObject({
        expires_in: 3600,
        id_token: expect.any(String),
        refresh_token: expect.any(String),
      });
      const person = json(await shell.paste(only('Who is it?')));
      expect(person).toMatchObject({ preferred_username: 'test_user', email: 'test_user@besedka.local' });
      expect(json(await shell.paste(only('Refresh')))).toMatchObject({ access_token: expect.any(String) });
      const worth = only('Is it still worth something?');
      expect(json(await shell.paste(worth))).toMatchObject({ active: true, sub: person.sub });
      await shell.paste(only('Give it back'));
      expect(json(await shell.paste(worth))).toEqual({ active: false });
      expect(await browser.isSignedIn()).toBe(true);

      const bye = await browser.open((await shell.paste(only('Sign out'))).trim(), guide.home);
      expect(bye.url.searchParams.get('state')).toBe('bye');
      expect(await browser.isSignedIn()).toBe(false);
    } finally {
      await shell.close();
    }
  });

  withShell('acts without a person, and signs in on a device', async () => {
    const shell = Shell.open();
    try {
      const { id, secret } = application('My web app');
      await shell.paste(guide.blocks('By hand, with curl', 'sh').join('\n'), { portal, client_id: id, secret });
      const service = application('My service');
      const [alone = ''] = guide.blocks('Act by yourself', 'sh');
      const found = json(await shell.paste(alone, { service_id: service.id, service_secret: service.secret }));
      expect(found).toMatchObject({ items: [{ username: 'test_user' }] });

      const [begin = '', poll = ''] = guide.blocks('Sign in without a browser', 'sh');
      const device = json(await shell.paste(begin, { tool_id: application('My tool').id }));
      expect(json(await shell.paste(poll))).toMatchObject({ error: 'authorization_pending' });
      const browser = await new Browser(portal, PERSON).signIn();
      await browser.allowDevice(String(device.user_code));
      await new Promise((resolve) => setTimeout(resolve, Number(device.interval) * 1000));
      expect(json(await shell.paste(poll))).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer' });
    } finally {
      await shell.close();
    }
  });

  it.each(['A program with openid-client', 'A program with simple-oauth2'])('%s', async (heading) => {
    const [program = ''] = guide.blocks(heading, 'js');
    const { id, secret } = application('My web app');
    const running = await guide.run(program, { PORTAL: portal, CLIENT_ID: id, CLIENT_SECRET: secret });
    try {
      const browser = new Browser(portal, PERSON);
      expect((await browser.open(running.url)).text).toMatch(/^Nobody is signed in/);
      const shown = await browser.open(`${running.url}login`);
      expect([shown.url.href, shown.text]).toEqual([running.url, 'Hello, Тимур Юрьев! /logout']);
      // Somebody else's answer, put upon this browser, is not taken.
      expect((await browser.open(`${running.url}callback?code=x&state=y&iss=${portal}`)).status).toBe(502);
      const bye = await browser.open(`${running.url}logout`);
      expect([bye.url.href, bye.text]).toEqual([running.url, 'Nobody is signed in. /login']);
      expect(await browser.isSignedIn()).toBe(heading.includes('simple-oauth2'));
    } finally {
      await running.stop();
    }
  });

  it('names the addresses and the scopes that there are', () => {
    const paths = Object.values(providerMetadata(''))
      .filter((value): value is string => typeof value === 'string' && value.startsWith('/o/'))
      .concat('/api/v1/auth/rocket/');
    expect(
      guide
        .table('Addresses')
        .flatMap((row) => quoted(row.address ?? ''))
        .sort(),
    ).toEqual(paths.sort());
    expect(guide.table('Scopes').map((row) => [quoted(row.scope ?? '')[0], row.of])).toEqual(
      Object.entries(OAUTH_SCOPES).map(([name, scope]) => [name, scope.of]),
    );
  });

  withShell('has no command and no program that was not run', () => {
    expect(guide.untried).toEqual([]);
  });
});
