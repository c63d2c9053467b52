import { beforeAll } from '@jest/globals';
import { LOOKS, lookOver, PICTURES } from './support/looks.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import { useChatApp } from './support/rocketchat.js';
import { textsOf } from './support/texts.js';

const app = useChatApp();

beforeAll(() => {
  const { make, state } = app.rocketChat;
  const id = (title: string): string => [...state.rooms.values()].find(({ fname }) => fname === title)?._id ?? '';
  make.message(id('Общий чат'), 'store_owner', 'Всем доброе утро');
  make.message(id('Общий чат'), 'test_user', 'Кто придёт в субботу сажать яблони?');
  make.message(id('Общий чат'), 'store_admin', 'Я буду с десяти. Взять лопаты?');
  make.message(id('VIP Беседка'), 'besedka.bridge', 'План на неделю готов');
  for (const [me, other] of [
    ['owner', 'store_owner'],
    ['owner', 'test_user'],
  ] as const) {
    make.message(make.direct(me, other), other, 'Можно перенести на четверг?');
  }
});

/** Every state of the chat view with Rocket.Chat, in both languages and themes, on a desk and on a phone. */
describe.each(LOOKS)('The chat view with Rocket.Chat: %s, %s, %s', (language, theme, device) => {
  const phone = device === 'phone';
  const t = textsOf(language);
  const look = [language, theme, device] as const;
  // The portal gives one person three codes in half a minute.
  const who = theme === 'light' ? 'owner' : phone ? 'test_user' : 'store_owner';

  it('looks right', async () => {
    const pictured = PICTURES !== null;
    const person = await app.person(who, {
      theme,
      phone,
      emoji: pictured,
      locale: language === 'ru' ? 'ru-RU' : 'en-US',
    });
    await person.api('PATCH', 'users/me', { locale: language });
    const { page } = person;
    const chat = new RocketChatPage(page);
    await page.goto('/chat');
    await chat.rows.first().waitFor();
    if (phone) {
      await lookOver(page, 'rocketchat-list', look);
      await chat.rows.first().click();
    }
    await chat.ready();
    await page.getByRole('dialog').waitFor();
    await lookOver(page, 'rocketchat-welcome', look);
    await page.getByRole('button', { name: t('chats.welcome.start') }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await lookOver(page, 'rocketchat', look);

    await page.getByRole('button', { name: t('rocketchat.diagnostics.title') }).click();
    await page.getByRole('heading', { name: t('rocketchat.state.fine') }).waitFor();
    await lookOver(page, 'rocketchat-panel', look);

    await page.goto('/chat/missing-room');
    await page.getByText(t('rocketchat.missing.title')).waitFor();
    await lookOver(page, 'rocketchat-missing', look);

    const end = app.rocketChat.faults.order({ name: 'x-frame-options', value: 'DENY' });
    person.guard.allow(/X-Frame-Options|Refused to display|Framing/);
    try {
      await page.goto('/chat/general');
      await page.getByRole('heading', { name: t('rocketchat.cause.frame_forbidden_by_header.title') }).waitFor();
      await lookOver(page, 'rocketchat-broken', look);
      await page.goto('/chat/test');
      await page.getByRole('heading', { name: t('rocketchat.cause.frame_forbidden_by_header.title') }).waitFor();
      await page.getByText(t('rocketchat.diagnostics.nothing')).waitFor();
      await lookOver(page, 'rocketchat-diagnostics', look);
    } finally {
      end();
    }
  });
});
