import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signIn } from '../../support/accounts/accounts.js';
import { register } from '../../support/oauth/applications.js';
import { Browser } from '../../support/oauth/clients/browser.js';
import { BYE, type Scene, type Step, STEPS } from '../../support/oauth/clients/driven-client.js';
import { DRIVEN_CLIENTS } from '../../support/oauth/clients/index.js';
import { clientTable } from '../../support/oauth/clients/table.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const README = join(import.meta.dirname, '../../../../../README.md');
const TABLE = /(<!-- clients: [^>]*-->\n\n)[^]*?(\n\n<!-- end of clients -->)/;
const PERSON = { login: 'test_user', password: 'user123secure' };

let app: TestApp;
let userId: string;
beforeAll(async () => {
  app = await createTestApp({ ownAddress: true });
  userId = (await (await signIn(app, 'test_user')).get<{ id: string }>('/api/v1/users/me')).json.id;
});
afterAll(() => closeTestApp(app));

/** A fresh application and a fresh browser for every step. */
async function scene(): Promise<Scene> {
  const application = await register(await signIn(app, 'owner'), {
    grantTypes: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    scopes: ['openid', 'profile', 'email', 'roles', 'offline_access', 'directory:read'],
    postLogoutRedirectUris: [BYE],
  });
  const issuer = app.config.http.publicUrl;
  const browser = await new Browser(issuer, PERSON).signIn();
  return { app, issuer, application: { ...application, secret: application.secret ?? '' }, browser, userId };
}

describe('clients as npm has them', () => {
  const seen = new Set<string>();

  describe.each(DRIVEN_CLIENTS)('$name', ({ name, steps, missing }) => {
    it.each(Object.keys(steps) as Step[])('%s', async (step) => {
      await steps[step]?.(await scene());
      seen.add(`${name} ${step}`);
    });

    it('every step is either driven or known to be missing in the client', () => {
      expect([...Object.keys(steps), ...Object.keys(missing)].sort()).toEqual([...STEPS].sort());
    });
  });

  it('the table in README is what was measured', () => {
    const table = clientTable(DRIVEN_CLIENTS, (name, step) => seen.has(`${name} ${step}`));
    process.stdout.write(`\n${table}\n\n`);
    const readme = readFileSync(README, 'utf8');
    const wanted = readme.replace(TABLE, (_, before: string, after: string) => before + table + after);
    expect(TABLE.test(readme)).toBe(true);
    if (process.env.UPDATE_CLIENTS === '1') writeFileSync(README, wanted);
    else expect(readme).toBe(wanted);
  });
});
