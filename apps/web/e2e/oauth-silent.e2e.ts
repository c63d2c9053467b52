import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { OtherApplication } from './support/oauth-client.js';

/** The shortest life of an access cookie that may be configured: it ends while the test waits. */
const ACCESS_SECONDS = 5;
const app = useApp({ ACCESS_TOKEN_SECONDS: String(ACCESS_SECONDS) });
const open: OtherApplication[] = [];
afterEach(() => Promise.all(open.splice(0).map((application) => application.close())));

describe('Signing in to an application of our own', () => {
  it('F19 shows no page at all: with a live session, and with an access cookie that has expired', async () => {
    const owner = await app.person('owner');
    const chat = await OtherApplication.registered(owner, app.server.url, { name: 'Наш чат', firstParty: true });
    open.push(chat);
    const person = await app.person('test_user');
    const { page } = person;
    const shown: string[] = [];
    page.on('framenavigated', (frame) => shown.push(new URL(frame.url()).pathname));

    const visit = async (): Promise<void> => {
      const { visits } = chat;
      await page.goto(chat.authorizePath());
      await page.getByRole('heading', { name: 'Welcome back to the wiki' }).waitFor();
      const tokens = await chat.redeem((await chat.visit(visits)).params.get('code'));
      expect((await chat.whoIs(tokens)).claims['preferred_username']).toBe('test_user');
    };
    await visit();
    await delay((ACCESS_SECONDS + 1) * 1000);
    expect((await person.context.request.get('/api/v1/users/me')).status()).toBe(401);
    await visit();
    expect(shown).toEqual(['/cb', '/cb']);

    await page.goto('/profile');
    const entry = page
      .getByRole('region', { name: 'Мои приложения' })
      .getByRole('listitem')
      .filter({ hasText: 'Наш чат' });
    await entry.getByText('наше').waitFor();
  });
});
