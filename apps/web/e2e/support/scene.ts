import {
  DEVICE_CODE_GRANT,
  type Chat,
  type OAuthClient,
  type OAuthClientWithSecret,
  type User,
} from '@besedka/contracts';
import type { App } from './app.js';
import type { Person } from './person.js';

/** A portal that looks lived in: people in every state, conversations worth a look. */
export interface Scene {
  readonly conversation: Chat;
  readonly group: Chat;
  /** A person to edit, disable and hand over to. */
  readonly anna: User;
  /** An application of somebody else, which the owner has allowed. */
  readonly wiki: OAuthClient;
  /** Query string with which the wiki asks for consent. */
  readonly asks: string;
  /** A command-line tool, which asks for device codes. */
  readonly cli: OAuthClient;
}

const PEOPLE: readonly [username: string, fullName: string, more: object][] = [
  ['temp_boris', 'Борис Петров', { roles: ['store_admin', 'user'], email: 'boris@example.com' }],
  ['temp_vera', 'Вера Смирнова', { email: 'vera@example.com' }],
  [
    'temp_gleb',
    'Глеб Константинович Константинопольский-Преображенский',
    { email: 'g.konstantinopolskiy@example.com' },
  ],
  ['temp_daria', 'Дарья Волкова', { email: 'daria@example.com', password: undefined, invite: true }],
  ['temp_egor', 'Егор Новиков', {}],
  ['temp_zoya', 'Зоя Белова', { email: 'zoya@example.com', locale: 'en' }],
];

/** Sets the scene over the API, once per file. */
export async function setScene(app: App): Promise<Scene> {
  const owner = await app.person('owner');
  const friend = await app.person('test_user');
  const admin = await app.person('admin');
  const anna = await makeUser(owner, 'temp_anna', 'Анна Ковалёва', { email: 'anna@example.com' });
  for (const [username, fullName, more] of PEOPLE) {
    const made = await makeUser(owner, username, fullName, more);
    if (username === 'temp_egor') {
      await owner.api('PATCH', `users/${made.id}`, { status: 'disabled' }, { 'if-match': `"${made.version}"` });
    }
  }
  // Two devices that anna is signed in on.
  await app.signIn('temp_anna', PASSWORD, { context: { userAgent: PHONE } });
  await app.signIn('temp_anna', PASSWORD);

  const group = await owner.group('Сад и огород', friend, admin);
  await friend.write(group.id, 'Привезли рассаду 🌱 Кто придёт в субботу?');
  await admin.write(group.id, 'Я буду с десяти. Взять лопаты?');
  const general = await owner.channel('general');
  await friend.write(general.id, 'Всем доброе утро ☀️');
  const conversation = await owner.direct(friend);
  const first = await owner.write(
    conversation.id,
    'Добрый день! Посмотрите, пожалуйста, план на неделю: https://example.org/plan',
  );
  await friend.write(conversation.id, 'Посмотрел. Во вторник не успеем: поставка только в среду.', first.seq);
  await friend.write(conversation.id, 'Можно перенести на четверг?');
  await owner.write(conversation.id, 'Да, переносим. Спасибо 👍');
  await friend.write(conversation.id, 'Тогда до четверга');
  return { conversation, group, anna, ...(await setApplications(owner)) };
}

async function setApplications(owner: Person): Promise<Pick<Scene, 'wiki' | 'asks' | 'cli'>> {
  const register = async (body: object): Promise<OAuthClient> =>
    (await owner.api<OAuthClientWithSecret>('POST', 'oauth/clients', body)).client;
  const redirectUri = 'https://wiki.example.com/signed-in';
  const wiki = await register({
    kind: 'confidential',
    name: 'Садовая вики',
    description: 'Статьи о растениях, которые пишут соседи',
    homeUrl: 'https://wiki.example.com/',
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'email', 'roles', 'offline_access'],
    redirectUris: [redirectUri, 'com.example.wiki:/signed-in'],
  });
  const cli = await register({
    kind: 'public',
    name: 'besedka-cli',
    grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    scopes: ['openid', 'profile', 'offline_access'],
  });
  const asks = new URLSearchParams({
    response_type: 'code',
    client_id: wiki.clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    state: 'somewhere',
    // Of the example in RFC 7636, appendix B.
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }).toString();
  await owner.api('POST', 'oauth/consent', { request: asks, allow: true });
  return { wiki, asks, cli };
}

const PASSWORD = 'каштановый-закат-17';
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

function makeUser(by: Person, username: string, fullName: string, more: object): Promise<User> {
  return by.api<User>('POST', 'users', { username, fullName, password: PASSWORD, ...more });
}
