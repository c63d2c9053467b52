import { beforeAll } from '@jest/globals';
import { lookOverInBothThemes, lookOverOnce, PICTURES, VIEWS } from './support/looks.js';
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
describe.each(VIEWS)('The chat view with Rocket.Chat: $language, $device, in both themes', (view) => {
  const { language, device, first: theme } = view;
  const phone = device === 'phone';
  const t = textsOf(language);
  // The portal gives one person three codes in half a minute.
  const who = language === 'ru' ? 'owner' : phone ? 'test_user' : 'store_owner';

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
      await lookOverInBothThemes(page, 'rocketchat-list', view);
      await chat.rows.first().click();
    }
    await chat.ready();
    await page.getByRole('dialog').waitFor();
    // It goes by itself after ten seconds: not long enough for two looks everywhere.
    await lookOverOnce(page, 'rocketchat-welcome', view);
    await page.getByRole('button', { name: t('chats.welcome.start') }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await lookOverInBothThemes(page, 'rocketchat', view);

    await page.getByRole('button', { name: t('rocketchat.diagnostics.title') }).click();
    await page.getByRole('heading', { name: t('rocketchat.state.fine') }).waitFor();
    await lookOverInBothThemes(page, 'rocketchat-panel', view);

    await page.goto('/chat/missing-room');
    await page.getByText(t('rocketchat.missing.title')).waitFor();
    await lookOverInBothThemes(page, 'rocketchat-missing', view);

    const end = app.rocketChat.faults.order({ name: 'x-frame-options', value: 'DENY' });
    person.guard.allow(/X-Frame-Options|Refused to display|Framing/);
    try {
      await page.goto('/chat/general');
      await page.getByRole('heading', { name: t('rocketchat.cause.frame_forbidden_by_header.title') }).waitFor();
      await lookOverInBothThemes(page, 'rocketchat-broken', view);
      await page.goto('/chat/test');
      await page.getByRole('heading', { name: t('rocketchat.cause.frame_forbidden_by_header.title') }).waitFor();
      await page.getByText(t('rocketchat.diagnostics.nothing')).waitFor();
      await lookOverInBothThemes(page, 'rocketchat-diagnostics', view);
    } finally {
      end();
    }
  });
});
