import { afterEach, expect } from '@jest/globals';
import { guardContext } from '@besedka/testing/page-guard';
import type { CreateOAuthClient, Me } from '@besedka/contracts';
import type { Page } from 'playwright-core';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { OtherApplication } from './support/oauth-client.js';
import { LOCAL, type Person } from './support/person.js';
import { textsOf } from './support/texts.js';

const app = useApp();
const t = textsOf('ru');
const open: OtherApplication[] = [];
afterEach(() => Promise.all(open.splice(0).map((application) => application.close())));

async function register(owner: Person, more: Partial<CreateOAuthClient> = {}): Promise<OtherApplication> {
  const application = await OtherApplication.registered(owner, app.server.url, more);
  open.push(application);
  return application;
}

/** Paths that the window has shown since. */
function paths(page: Page): string[] {
  const seen: string[] = [];
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) seen.push(new URL(frame.url()).pathname);
  });
  return seen;
}

const allow = (page: Page): Promise<void> => page.getByRole('button', { name: 'Разрешить' }).click();
const back = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Welcome back to the wiki' }).waitFor();

async function allowed(person: Person, application: OtherApplication): Promise<URLSearchParams> {
  const { visits } = application;
  await person.page.goto(application.authorizePath());
  await allow(person.page);
  await back(person.page);
  return (await application.visit(visits)).params;
}

describe('Signing in to another application', () => {
  it('F18 F19 a visitor signs in on the way, allows it once, and the application learns who it is', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner);
    const context = await app.browser.newContext({ baseURL: app.server.url, locale: 'ru-RU', reducedMotion: 'reduce' });
    try {
      const guard = guardContext(context);
      const page = await context.newPage();
      await page.goto(wiki.authorizePath({ login_hint: 'test_user' }));
      await page.getByText('Чтобы продолжить в приложении, из которого Вы пришли.').waitFor();
      expect(await page.getByLabel(t('auth.signIn.login')).inputValue()).toBe('test_user');
      await page.getByLabel('Пароль', { exact: true }).fill(LOCAL.test_user);
      await page.getByRole('button', { name: 'Войти', exact: true }).click();

      await page.getByRole('heading', { name: 'Войти в «Садовая вики» через Беседку?' }).waitFor();
      await page.getByText('Видеть адрес Вашей почты').waitFor();
      await page.getByText(new URL(wiki.redirectUri).host).waitFor();
      await page.getByText('Тимур Юрьев').waitFor();
      await allow(page);
      await back(page);
      const { raw, params } = await wiki.visit();
      // Byte for byte: decoding and encoding again would have changed it.
      expect(raw).toContain('state=a%2Fb%2B%3D');
      const { status, claims } = await wiki.whoIs(await wiki.redeem(params.get('code')));
      expect([status, claims['preferred_username'], claims['email']]).toEqual([
        200,
        'test_user',
        'test_user@besedka.local',
      ]);

      const seen = paths(page);
      await page.goto(wiki.authorizePath());
      await back(page);
      expect(seen).toEqual(['/cb']);
      guard.assertClean();
    } finally {
      await context.close();
    }
  });

  it('a refusal goes back to the application and is asked again next time', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner);
    const person = await app.person('store_admin');
    await person.page.goto(wiki.authorizePath());
    await person.page.getByRole('button', { name: 'Отказать' }).click();
    await back(person.page);
    const { raw, params } = await wiki.visit();
    expect(params.get('error')).toBe('access_denied');
    expect(raw).toContain('state=a%2Fb%2B%3D');
    expect(params.has('code')).toBe(false);
    await person.page.goto(wiki.authorizePath());
    await person.page.getByRole('heading', { name: /^Войти в/ }).waitFor();
  });

  it('taking access away in the profile stops the token at once, and the application asks anew', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner, { name: 'Дневник наблюдений' });
    const person = await app.person('test_user');
    const tokens = await wiki.redeem((await allowed(person, wiki)).get('code'));
    expect((await wiki.whoIs(tokens)).status).toBe(200);

    const { page } = person;
    await page.goto('/profile');
    const mine = page.getByRole('region', { name: 'Мои приложения' });
    const entry = mine.getByRole('listitem').filter({ hasText: 'Дневник наблюдений' });
    await entry.getByText('Видеть адрес Вашей почты').waitFor();
    await entry.getByText(/Использовано: сегодня|Ещё не использовано/).waitFor();
    await mine.getByRole('button', { name: 'Отозвать доступ: Дневник наблюдений' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Отозвать' }).click();
    await page.getByText('Доступ отозван: Дневник наблюдений').first().waitFor();
    await entry.waitFor({ state: 'detached' });
    expect((await wiki.whoIs(tokens)).status).toBe(401);
    const again = await wiki.tokenRequest({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant']);
    await page.goto(wiki.authorizePath());
    await page.getByRole('button', { name: 'Разрешить' }).waitFor();
  });

  it('«Not you?» lets somebody else sign in and says so; prompt=login wants the password of who is there', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner, { name: 'Общий календарь' });
    const person = await app.person('store_admin');
    const { page } = person;
    await page.goto(wiki.authorizePath());
    await page.getByRole('link', { name: 'Это не Вы?' }).click();
    await page.getByText('Войдите в ту учётную запись, с которой хотите продолжить').waitFor();
    await page.goto(wiki.authorizePath({ prompt: 'login' }));
    await page.getByText('Приложение просит подтвердить, что это Вы').waitFor();
    await page.getByLabel(t('auth.signIn.login')).fill('test_user');
    await page.getByLabel('Пароль', { exact: true }).fill(LOCAL.test_user);
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText('Тимур Юрьев').waitFor();
    await allow(page);
    await back(page);
    const { claims } = await wiki.whoIs(await wiki.redeem((await wiki.visit()).params.get('code')));
    expect(claims['preferred_username']).toBe('test_user');
  });

  it('an application that is switched off while its question stands open says so', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner, { name: 'Расписание дежурств' });
    const person = await app.person('test_user');
    const { page } = person;
    person.guard.allow(/400/);
    await page.goto(wiki.authorizePath());
    await page.getByRole('button', { name: 'Разрешить' }).waitFor();
    await owner.page.goto(`/admin/applications/${wiki.client.id}`);
    await owner.page.getByRole('button', { name: 'Отключить' }).click();
    await owner.page.getByRole('alertdialog').getByRole('button', { name: 'Отключить' }).click();
    await owner.page.getByRole('button', { name: 'Включить' }).waitFor();
    await allow(page);
    await page.getByRole('heading', { name: 'Приложение отключено' }).waitFor();
    await page.getByText('Администратор отключил вход в это приложение').waitFor();
  });

  it('a request that cannot be answered says what to do, and nothing of it is repeated', async () => {
    const person = await app.person('test_user');
    person.guard.allow(/400/);
    await person.page.goto('/oauth/consent?client_id=nobody&state=%3Cb%3Eboo');
    await person.page.getByRole('heading', { name: 'Приложение не зарегистрировано' }).waitFor();
    expect(await person.page.locator('main').innerText()).not.toContain('boo');
    await person.page.goto('/oauth/consent?client_id=nobody&client_id=nobody&state=%3Cb%3Eboo');
    await person.page.getByRole('heading', { name: 'На этот запрос нельзя ответить' }).waitFor();
    await person.page.getByText('Вернитесь в него и начните вход заново').waitFor();
    expect(await person.page.locator('main').innerText()).not.toContain('boo');
  });

  it('works in a frame of 320 pixels, whatever the application is called', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner, { name: 'Автоматизированнаяинформационнаясистемаучётарабочеговремени' });
    const { page } = owner;
    await page.goto('/there/is/no/such/page');
    await page.evaluate((query) => {
      const frame = document.createElement('iframe');
      frame.style.cssText = 'position:fixed;inset:0 auto auto 0;z-index:99;width:320px;height:640px';
      frame.src = `/oauth/consent?${query}`;
      document.body.append(frame);
    }, wiki.authorizePath().split('?')[1]);
    const frame = page.frameLocator('iframe');
    for (const name of ['Отказать', 'Разрешить']) await frame.getByRole('button', { name }).waitFor();
    const inner = page.frames().find((one) => one !== page.mainFrame());
    expect(await inner?.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  });

  it('F18 somebody who is signed in and is sent to the sign-in page over and over is told so', async () => {
    const person = await app.person('test_user');
    const { page } = person;
    let asked = 0;
    // What a browser that keeps cookies from the server does to the two of them.
    await page.route('**/o/authorize/**', async (route) => {
      asked += 1;
      const { pathname, search } = new URL(route.request().url());
      const next = encodeURIComponent(`${pathname}${search}&besedka_resume=${asked}`);
      await route.fulfill({ status: 302, headers: { location: `/login?next=${next}` } });
    });
    await page.goto('/o/authorize/?client_id=wiki');
    await page.getByText('Вы уже вошли, но запрос приложения снова и снова возвращается сюда').waitFor();
    expect(asked).toBe(3);
    expect((await person.api<Me>('GET', 'users/me')).username).toBe('test_user');
  });

  it('an application that asks for signing out without proof is confirmed by the person', async () => {
    const owner = await app.person('owner');
    const wiki = await register(owner, { name: 'Полив' });
    const person = await app.person('store_owner');
    const { page } = person;
    const ask = `/o/logout/?client_id=${wiki.client.clientId}`;
    await page.goto(ask);
    await page.getByRole('heading', { name: 'Выйти из Беседки?' }).waitFor();
    await page.getByRole('button', { name: 'Остаться' }).click();
    await page.waitForURL('**/chat');
    await page.goto(ask);
    person.guard.allow(/401/);
    await page.getByRole('button', { name: 'Выйти', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/oauth/'));
    await eventually(async () => expect((await person.context.request.get('/api/v1/users/me')).status()).toBe(401));
  });
});
