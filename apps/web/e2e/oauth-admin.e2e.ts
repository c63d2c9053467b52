import { afterEach, expect } from '@jest/globals';
import type { OAuthClient, OAuthClientWithSecret, RoleNames } from '@besedka/contracts';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { OtherApplication } from './support/oauth-client.js';
import { ApplicationsPage } from './support/pages/applications-page.js';
import type { Person } from './support/person.js';

const app = useApp();
const open: OtherApplication[] = [];
afterEach(() => Promise.all(open.splice(0).map((application) => application.close())));

const keep = (application: OtherApplication): OtherApplication => {
  open.push(application);
  return application;
};
const makeService = (owner: Person, name: string): Promise<OAuthClientWithSecret> =>
  owner.api('POST', 'oauth/clients', {
    kind: 'confidential',
    name,
    grantTypes: ['client_credentials'],
    scopes: ['directory:read'],
  });

describe('Administration of applications', () => {
  it('F20 an application is registered, its secret is shown once, and with what was shown people sign in', async () => {
    const owner = await app.person('owner');
    const wiki = keep(await OtherApplication.start(app.server.url));
    const applications = new ApplicationsPage(owner.page);
    const { page } = owner;
    await applications.openFromRail();
    await page.getByRole('link', { name: 'Добавить' }).click();
    await page.getByRole('radio', { name: /Веб-приложение с сервером/ }).check();
    const address = applications.field('Адреса возврата: Адрес 1');
    await address.fill('http://wiki.example.com/cb');
    await applications.press('Добавить');
    await page.getByText('Заполните это поле').waitFor();
    await page.getByText('Только https').waitFor();
    expect(await applications.field('Название').evaluate((field) => field === document.activeElement)).toBe(true);
    await applications.field('Название').fill('Вики соседей');
    await address.fill(wiki.redirectUri);
    await applications.press('Добавить');

    const dialog = applications.secretDialog;
    await dialog.getByText('Секрет виден только сейчас').waitFor();
    await page.keyboard.press('Escape');
    const clientId = await applications.value('Client ID', dialog);
    const secret = await applications.value('Client secret', dialog);
    expect(secret.length).toBeGreaterThan(30);
    await applications.press('Секрет сохранён у меня');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Вики соседей', level: 1 }).waitFor();
    expect(await applications.value('Client ID')).toBe(clientId);
    expect(await applications.value('Токены (token)')).toMatch(/^http.+\/o\/token\/$/);
    expect(await page.content()).not.toContain(secret);
    await page.reload();
    await applications.section('Секреты').getByText(secret.slice(-4)).first().waitFor();
    expect(await page.content()).not.toContain(secret);

    wiki.knows({ clientId }, secret);
    const person = await app.person('test_user');
    await person.page.goto(wiki.authorizePath());
    await person.page.getByRole('button', { name: 'Разрешить' }).click();
    const tokens = await wiki.redeem((await wiki.visit()).params.get('code'));
    expect((await wiki.whoIs(tokens)).status).toBe(200);

    await page.reload();
    for (const text of ['1 человек', '1 вход']) await applications.section('В работе').getByText(text).waitFor();
    await applications.press('Завершить все токены');
    await page.getByRole('alertdialog').getByText('Сразу завершится 1 вход').waitFor();
    await applications.confirm('Завершить все токены');
    await applications.section('В работе').getByText('Действующих токенов нет').waitFor();
    expect((await wiki.whoIs(tokens)).status).toBe(401);
  });

  it('F20 a secret is changed without downtime: both work, then the old one does not', async () => {
    const owner = await app.person('owner');
    const { client, secret: first } = await makeService(owner, 'Ночной отчёт');
    const service = keep(await OtherApplication.start(app.server.url));
    const works = async (secret: string | null): Promise<number> => {
      service.knows(client, secret);
      return (await service.tokenRequest({ grant_type: 'client_credentials' })).status;
    };
    const applications = new ApplicationsPage(owner.page);
    await applications.open(client.id);
    await applications.press('Добавить второй секрет');
    const second = await applications.value('Client secret', applications.secretDialog);
    await applications.press('Секрет сохранён у меня');
    expect([await works(first), await works(second)]).toEqual([200, 200]);
    await applications.section('Секреты').getByText('Больше двух нельзя').waitFor();

    await applications.press(`Удалить секрет, который оканчивается на ${first?.slice(-4)}`);
    await applications.confirm('Удалить');
    await applications.notice('Секрет удалён').waitFor();
    await applications.section('Секреты').getByRole('button', { name: 'Добавить второй секрет' }).waitFor();
    await eventually(async () => expect([await works(first), await works(second)]).toEqual([401, 200]));
  });

  it('says plainly that an application does without PKCE; disabling stops it, deleting removes it', async () => {
    const owner = await app.person('owner');
    const applications = new ApplicationsPage(owner.page);
    const { page } = owner;
    await page.goto('/admin/applications/new');
    await page.getByRole('radio', { name: /Rocket\.Chat/ }).check();
    await page.getByRole('note').getByText('Исключение: без PKCE').waitFor();
    await applications.field('Название').fill('Второй чат');
    await applications.field('Адреса возврата: Адрес 1').fill('https://chat.example.com/_oauth/besedka');
    await applications.press('Добавить');
    await applications.press('Секрет сохранён у меня');
    await page.getByRole('note').getByText('перехвативший код').waitFor();
    expect(await applications.value('Сведения для Rocket.Chat')).toContain('/api/v1/auth/rocket/');

    await applications.press('Отключить');
    await applications.confirm('Отключить');
    await applications.notice('Отключено: Второй чат').waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect(await owner.api<OAuthClient>('GET', `oauth/clients/${id}`)).toMatchObject({
      enabled: false,
      pkceRequired: false,
      firstParty: true,
    });
    await applications.press('Включить');
    await applications.notice('Включено: Второй чат').waitFor();
    await applications.press('Удалить');
    await page.getByRole('alertdialog').getByText('уже с другим Client ID').waitFor();
    await applications.confirm('Удалить');
    await page.waitForURL('**/admin/applications');
    await applications.table.waitFor();
    expect(await applications.row('Второй чат').count()).toBe(0);
  });

  it('shows both versions to the second of two who edit, and asks before changes are lost', async () => {
    const owner = await app.person('owner');
    const { client } = await makeService(owner, 'Сверка');
    const applications = new ApplicationsPage(owner.page);
    await applications.open(client.id);
    await owner.api(
      'PUT',
      `oauth/clients/${client.id}`,
      {
        name: 'Сверка склада',
        description: 'Раз в час',
        homeUrl: null,
        firstParty: false,
        pkceRequired: true,
        grantTypes: client.grantTypes,
        scopes: client.scopes,
        redirectUris: [],
        postLogoutRedirectUris: [],
        enabled: true,
      },
      { 'if-match': `"${client.version}"` },
    );
    await applications.field('Название').fill('Сверка кассы');
    await owner.page.getByRole('link', { name: 'Приложения' }).click();
    await applications.confirm('Отмена');
    owner.guard.allow(/412/);
    await applications.press('Сохранить');
    const name = owner.page.getByRole('group', { name: /^Название/ });
    await name.getByText('изменили оба').waitFor();
    await applications.press('Сохранить выбранное');
    await owner.page.getByText('Осталось решить: 1 поле').waitFor();
    await name.getByRole('radio', { name: /Сверка кассы/ }).check();
    await applications.press('Сохранить выбранное');
    await applications.notice('Сохранено: Сверка кассы').waitFor();
    expect(await owner.api<OAuthClient>('GET', `oauth/clients/${client.id}`)).toMatchObject({
      name: 'Сверка кассы',
      description: 'Раз в час',
    });
  });

  it('role names for other applications are edited in their own page', async () => {
    const owner = await app.person('owner');
    const applications = new ApplicationsPage(owner.page);
    await owner.page.goto('/admin/applications/roles');
    const field = applications.field('Модератор');
    await field.fill('admin, Главный');
    await applications.press('Сохранить');
    await owner.page.getByText('Строчные латинские буквы, цифры, дефис').waitFor();
    await field.fill('admin leader');
    await owner.page.getByText('Приложения получат: user, admin, leader').waitFor();
    await applications.press('Сохранить');
    await applications.notice('Имена ролей сохранены').waitFor();
    const { items } = await owner.api<RoleNames>('GET', 'oauth/role-names');
    expect(items.find(({ role }) => role === 'moderator')?.names).toEqual(['admin', 'leader']);
  });

  it('is closed to those who may not', async () => {
    const admin = await app.person('admin');
    await admin.page.goto('/admin/users');
    await admin.page.getByRole('table', { name: 'Пользователи' }).waitFor();
    expect(await admin.page.getByRole('link', { name: 'Приложения' }).count()).toBe(0);
    await admin.page.goto('/admin/applications');
    await admin.page.getByRole('heading', { name: 'Сюда нет доступа' }).waitFor();
  });
});
