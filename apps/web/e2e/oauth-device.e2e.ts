import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect } from '@jest/globals';
import { DEVICE_CODE_GRANT } from '@besedka/contracts';
import { useApp } from './support/app.js';
import { OtherApplication, type Tokens } from './support/oauth-client.js';
import type { Person } from './support/person.js';

const app = useApp();
const open: OtherApplication[] = [];
afterEach(() => Promise.all(open.splice(0).map((application) => application.close())));

interface DeviceCodes {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  /** Seconds between two questions. */
  interval: number;
}

/** A command-line tool without a browser: it shows a code and waits. */
async function tool(owner: Person): Promise<{ cli: OtherApplication; codes: DeviceCodes }> {
  const cli = await OtherApplication.registered(owner, app.server.url, {
    kind: 'public',
    name: 'besedka-cli',
    grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    scopes: ['openid', 'profile', 'offline_access'],
    redirectUris: [],
  });
  open.push(cli);
  const answer = await fetch(`${app.server.url}/o/device_authorization/`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: cli.client.clientId, scope: 'openid profile' }),
  });
  expect(answer.status).toBe(200);
  return { cli, codes: (await answer.json()) as DeviceCodes };
}

/** Asks once for the tokens, as the waiting tool does. */
const poll = (cli: OtherApplication, { device_code }: DeviceCodes): ReturnType<OtherApplication['tokenRequest']> =>
  cli.tokenRequest({ grant_type: DEVICE_CODE_GRANT, device_code });

/** Asks on and on at the pace that the portal sets (RFC 8628 3.5), until there is an answer. */
async function answer(cli: OtherApplication, codes: DeviceCodes): ReturnType<typeof poll> {
  let seconds = codes.interval;
  for (;;) {
    await delay(seconds * 1000);
    const given = await poll(cli, codes);
    const error = given.body['error'];
    if (error !== 'authorization_pending' && error !== 'slow_down') return given;
    if (error === 'slow_down') seconds += 5;
  }
}

describe('Connecting a device by its code', () => {
  it('the code is typed as it comes to hand, the person allows, and the tool goes on', async () => {
    const owner = await app.person('owner');
    const { cli, codes } = await tool(owner);
    expect((await poll(cli, codes)).body['error']).toBe('authorization_pending');
    const person = await app.person('test_user');
    const { page } = person;
    await page.goto('/device');
    const field = page.getByRole('textbox', { name: 'Код' });
    await field.pressSequentially(codes.user_code.replace('-', ' ').toLowerCase());
    expect(await field.inputValue()).toBe(codes.user_code);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Разрешить «besedka-cli» действовать от Вашего имени?' }).waitFor();
    await page.getByText(codes.user_code).waitFor();
    await page.getByText('Если код Вам прислали, откажите').waitFor();
    await page.getByRole('button', { name: 'Разрешить' }).click();
    await page.getByRole('heading', { name: 'Устройство подключено' }).waitFor();

    const { status, body } = await answer(cli, codes);
    expect([status, body['error']]).toEqual([200, undefined]);
    const tokens = body as unknown as Tokens;
    expect((await cli.whoIs(tokens)).claims['sub']).toBe(person.id);

    // A session of its own, which the person sees and can end: then its token stops.
    await page.goto('/settings/sessions');
    const sessions = page.getByRole('region', { name: 'Сеансы' });
    const entry = sessions.getByRole('listitem').filter({ hasText: 'besedka-cli' });
    await entry.getByRole('button', { name: /^Завершить сеанс/ }).click();
    await entry.waitFor({ state: 'detached' });
    expect((await cli.whoIs(tokens)).status).toBe(401);
  });

  it('the address with the code fills the field and asks nonetheless; a refusal reaches the tool', async () => {
    const owner = await app.person('owner');
    const { cli, codes } = await tool(owner);
    const { page } = await app.person('store_admin');
    const address = new URL(codes.verification_uri_complete);
    await page.goto(address.pathname + address.search);
    const field = page.getByRole('textbox', { name: 'Код' });
    expect(await field.inputValue()).toBe(codes.user_code);
    await page.getByRole('button', { name: 'Продолжить' }).click();
    await page.getByRole('button', { name: 'Отказать' }).click();
    await page.getByRole('heading', { name: 'Отказано' }).waitFor();
    expect((await answer(cli, codes)).body['error']).toBe('access_denied');
  });

  it('a wrong code, a short one, and another keyboard say what to do', async () => {
    const person = await app.person('test_user');
    const { page } = person;
    await page.goto('/device');
    const field = page.getByRole('textbox', { name: 'Код' });
    await field.pressSequentially('цвои');
    await page.getByText('В коде только латинские буквы: переключите раскладку').waitFor();
    await field.fill('bcdf');
    await page.getByRole('button', { name: 'Продолжить' }).click();
    await page.getByText('В коде восемь латинских букв, без гласных').waitFor();
    person.guard.allow(/404/);
    await field.fill('bcdfghjk');
    await page.getByRole('button', { name: 'Продолжить' }).click();
    await page.getByText('Ни одно устройство не ждёт с таким кодом').waitFor();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});
