import { Ddp } from './ddp.js';
import { element } from './dom.js';
import { answerParent, listen, tellParent } from './frame.js';
import { loginView } from './login.js';
import { afterLoginCode, afterRedirect, beginOAuth } from './oauth.js';
import { RoomView, roomOfPath } from './room.js';
import { Session } from './session.js';
import { storage } from './storage.js';

/** The page: who is signed in, what is shown, what the parent is told. */
const runtime = JSON.parse(document.getElementById('runtime').textContent);
const app = document.getElementById('app');
const blocked = runtime.faults.includes('storage-blocked');

const page = {
  runtime,
  local: storage('local', blocked),
  session: storage('session', blocked),
  subscriptions: new Map(),
  ddp: undefined,
  join,
};
const tell = (eventName, data) => tellParent(runtime, eventName, data);
const session = new Session(page, tell);
let error = '';
let room;
let opening = 0;

function show(...nodes) {
  const embedded = new URLSearchParams(location.search).get('layout') === 'embedded';
  document.body.classList.toggle('embedded', embedded);
  app.replaceChildren(...nodes);
}

function sidebar() {
  const prefix = { c: 'channel', p: 'group', d: 'direct' };
  const links = [...page.subscriptions.values()].map((one) => {
    const path = `/${prefix[one.t]}/${one.t === 'd' ? one.rid : one.name}`;
    const open = (event) => {
      event.preventDefault();
      go(path);
    };
    return element('a', { href: path, click: open }, `${one.fname || one.name}${one.unread ? ` (${one.unread})` : ''}`);
  });
  return element('nav', { 'aria-label': 'Rooms' }, ...links);
}

/** Shows what the address means. The old room stays until the new one is there. */
async function route() {
  const turn = ++opening;
  if (!session.userId) {
    room = undefined;
    show(
      loginView({
        runtime,
        error,
        signIn: (input) => void signIn(input),
        signInWith: (service) => void signInWith(service),
      }),
    );
    return;
  }
  if (runtime.settings.Show_Setup_Wizard !== 'completed' && session.isAdmin) {
    show(element('main', {}, element('h1', {}, 'Setup wizard')));
    return;
  }
  const wanted = roomOfPath(location.pathname) ?? firstChannel();
  if (!wanted) {
    room = undefined;
    show(sidebar(), element('main', {}, element('h1', {}, `Welcome to ${runtime.settings.Site_Name}`)));
    return;
  }
  try {
    const found = await page.ddp.call('getRoomByTypeAndName', wanted.type, wanted.name);
    const { messages } = await page.ddp.call('loadHistory', found._id);
    if (turn !== opening) return;
    room = new RoomView(page, found, messages);
    show(sidebar(), room.node);
    const { usernames: _usernames, ...rest } = found;
    if (!runtime.faults.includes('room-never-opens')) tell('room-opened', rest);
    if (page.subscriptions.has(found._id)) markRead(found._id);
  } catch {
    if (turn === opening) show(sidebar(), element('main', {}, element('h1', {}, 'Room not found')));
  }
}

/** Who is signed out meanwhile has read nothing, and nobody is told. */
function markRead(id) {
  page.ddp.call('readMessages', id).catch(() => undefined);
}

function firstChannel() {
  const name = runtime.settings.First_Channel_After_Login;
  const atHome = location.pathname === '/home' || location.pathname === '/';
  if (!name || !atHome) return undefined;
  history.replaceState(null, '', `/channel/${encodeURIComponent(name)}${location.search}`);
  return { type: 'c', name };
}

/** In-app navigation; query parameters are added to those that are there, so that the layout survives. */
function go(path) {
  const target = new URL(path.startsWith('/') ? path : `/${path}`, location.origin);
  const query = new URLSearchParams(location.search);
  for (const [name, value] of target.searchParams) query.set(name, value);
  const text = query.toString();
  history.pushState(null, '', target.pathname + (text ? `?${text}` : ''));
  void route();
}

async function signIn(input) {
  try {
    await session.login(input);
    error = '';
    session.begin();
    if (location.pathname === '/login') history.replaceState(null, '', `/home${location.search}`);
  } catch (refused) {
    error = refused.reason ?? String(refused);
    answerParent({ event: 'login-error', response: refused.error });
  }
  await route();
}

async function signInWith(service, redirectUrl) {
  const result = await beginOAuth(page, service, redirectUrl);
  await signIn({ oauth: result });
  return result;
}

async function join({ _id }) {
  await page.ddp.call('joinRoom', _id);
  await session.loadSubscriptions();
  await route();
}

async function signOut() {
  await session.logout();
  await route();
}

/** The portal is asked who is there, with its own cookies. */
async function frameLogin() {
  const { settings } = runtime;
  if (settings.Accounts_iframe_enabled !== true || !settings.Accounts_Iframe_api_url || session.userId) return;
  try {
    const response = await fetch(settings.Accounts_Iframe_api_url, {
      method: settings.Accounts_Iframe_api_method || 'POST',
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
    });
    await signInByFrame(await response.json());
  } catch {
    // The portal's page in the frame is what is left.
  }
}

async function signInByFrame({ loginToken, token }) {
  if (loginToken) await signIn({ resume: loginToken });
  else if (token) await signIn({ iframe: true, token });
}

const commands = {
  go: ({ path }) => typeof path === 'string' && go(path),
  'set-user-status': ({ status }) =>
    void page.ddp.call('UserPresence:setDefaultStatus', status).then(() => tell('user-status-manually-set', status)),
  'login-with-token': ({ token }) => void signIn({ resume: token }),
  logout: () => void signOut(),
  'call-custom-oauth-login': async ({ service, redirectUrl }) => {
    const found = runtime.services.find((one) => one.service === service);
    if (!found) return answerParent({ event: 'custom-oauth-callback', response: 'service not found' });
    try {
      answerParent({ event: 'custom-oauth-callback', response: await signInWith(found, redirectUrl) });
    } catch (failed) {
      answerParent({ event: 'custom-oauth-callback', response: failed.reason ?? String(failed) });
    }
  },
};
listen(runtime, commands, {
  'try-iframe-login': () => void frameLogin(),
  'login-with-token': (data) => void signInByFrame(data),
});
window.addEventListener('popstate', () => void route());

page.ddp = new Ddp(
  // After a reconnect the session is resumed; when it is over by then, the sign-in page comes.
  async () => {
    const before = session.userId;
    if (!(await session.resume()) && before) {
      session.forget();
      void route();
    }
  },
  (stream, event, args) => {
    const changed = session.hear(stream, event, args);
    if (stream === 'stream-room-messages' && room && args[0].rid === room.room._id) {
      room.add(args[0]);
      if (document.hasFocus()) markRead(room.room._id);
    }
    if (changed) app.querySelector('nav')?.replaceWith(sidebar());
  },
);

tell('startup', true);
const brought = afterRedirect(page);
const loginToken = await afterLoginCode().catch((failed) => void (error = failed.reason));
await session.ready;
// The page says at its first drawing already whether somebody is there.
if (!session.userId) tell('Custom_Script_Logged_Out', true);
if (brought) await signIn({ oauth: brought });
else if (loginToken) await signIn({ resume: loginToken });
else {
  await frameLogin();
  if (session.userId) session.begin();
  await route();
}
