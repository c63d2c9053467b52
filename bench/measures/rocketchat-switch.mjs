/* global addEventListener, document, location, window -- what is evaluated in the page */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRocketChatDouble } from '@besedka/rocketchat/testing';
import { run } from '../../scripts/lib/run.mjs';
import { npmTool, ROOT } from '../../scripts/lib/tools.mjs';
import { median, percentile, round, seconds } from '../lib/numbers.mjs';
import { startApi } from '../lib/processes.mjs';

const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };
/** Accounts of local mode. */
const OWNER = { login: 'owner', password: 'owner123secure' };
const READER = { login: 'store_admin', password: 'storeadmin123secure' };
const OTHERS = ['store_owner', 'test_user'];
const WARM_UP = 6;
const SWITCHES = 60;
const TARGET_MS = 150;
const SET_UP_SECONDS = 90;

/** The browser of the journeys; what finds it is no part of the product's build. */
async function launchBrowser() {
  const { code, output } = await run(npmTool('typescript', ['-b', 'libs/testing'], 'tsc'));
  if (code !== 0) throw new Error(output);
  const { launchChromium } = await import('@besedka/testing/chromium');
  return launchChromium();
}

/** The portal sets Rocket.Chat up by itself: waits until its owner would find nothing wrong and everybody has an account there. */
async function setUp(base, server) {
  const answer = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify(OWNER),
  });
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
  for (let waited = 0; waited < SET_UP_SECONDS; waited += 0.25) {
    const checks = await fetch(`${base}/api/v1/rocketchat/checks`, { headers: { cookie: cookie.join('; ') } });
    const { findings } = await checks.json();
    const names = new Set([...server.state.users.values()].map(({ username }) => username));
    if (findings?.length === 0 && [READER.login, ...OTHERS].every((name) => names.has(name))) return;
    await seconds(0.25);
  }
  throw new Error(`Rocket.Chat was not set up in ${SET_UP_SECONDS} s`);
}

/** Somebody in the chat view, with a room open and the composer before them. */
async function openChat(browser, base) {
  const context = await browser.newContext({ baseURL: base, locale: 'ru-RU', viewport: { width: 1440, height: 900 } });
  const answer = await context.request.post('/api/v1/auth/login', { data: READER, headers: { origin: base } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
  await context.addInitScript(() => {
    // The blank page that every context begins with has no storage.
    if (location.protocol === 'http:') localStorage.setItem('besedka.signedIn', '1');
  });
  const page = await context.newPage();
  await page.goto('/chat/general');
  await page.locator('.stage[aria-busy="false"]').waitFor();
  await page.frameLocator('iframe').getByRole('textbox', { name: 'Message' }).waitFor();
  const welcome = page.getByRole('dialog').getByRole('button', { name: 'Начать общение' });
  if (await welcome.isVisible()) await welcome.click();
  return page;
}

/** Clicks through the rooms. @returns {Promise<number[]>} ms from each click to Rocket.Chat's word that the room is open */
async function switchRooms(page, rooms, times) {
  await page.evaluate(() => {
    const took = (window.took = []);
    let clicked = 0;
    document.addEventListener('click', () => (clicked = performance.now()), true);
    addEventListener('message', ({ data }) => {
      if (data?.eventName === 'room-opened') took.push(performance.now() - clicked);
    });
  });
  for (let n = 1; n <= times; n += 1) {
    const { id, address } = rooms[n % rooms.length];
    await page.locator(`[data-chat-id="${id}"]`).click();
    await page.waitForFunction((count) => window.took.length >= count, n);
    await page.waitForURL(`**/chat/${address}`);
  }
  const took = await page.evaluate(() => window.took);
  if (took.length !== times) throw new Error(`${took.length} rooms were opened by ${times} clicks`);
  return took;
}

/**
 * From the click on a chat to `room-opened` of the frame, in a real browser with the double of Rocket.Chat, and what a switch costs the portal.
 */
export async function measureRocketChatSwitch({ api: idle, databaseUrl, secret }) {
  // One portal per database: this one knows Rocket.Chat.
  await idle.stop();
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-bench-switch-'));
  const server = await startRocketChatDouble({
    admin: ADMIN,
    env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' },
  });
  let api;
  let browser;
  try {
    api = await startApi({
      ...{ databaseUrl, dataDir, secret },
      env: {
        WEB_ROOT: join(ROOT, 'apps/web/dist'),
        ROCKETCHAT_URL: server.url,
        ROCKETCHAT_ADMIN_USER: ADMIN.username,
        ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
        ROCKETCHAT_AUTO_APPLY: 'on',
      },
    });
    await setUp(api.base, server);
    const rooms = OTHERS.map((other) => {
      const room = server.make.direct(READER.login, other);
      for (let n = 0; n < 20; n += 1) server.make.message(room, other, `message ${n}`);
      return { id: room._id, address: room._id };
    });
    const general = [...server.state.rooms.values()].find(({ fname }) => fname === 'Общий чат');
    rooms.push({ id: general._id, address: 'general' });
    browser = await launchBrowser();
    const page = await openChat(browser, api.base);
    await switchRooms(page, rooms, WARM_UP);
    let requests = 0;
    page.on('request', (request) => (requests += Number(request.url().startsWith(api.base))));
    const [statements, begun] = [await api.statements(), performance.now()];
    const took = await switchRooms(page, rooms, SWITCHES);
    const [after, lasted] = [await api.statements(), (performance.now() - begun) / 1000];
    // The portal speaks to its database by the clock, too.
    const atRest = await statementsAtRest(api, lasted);
    return {
      measure: 'from the click on a chat to room-opened in the frame (double), median ms',
      target: `<= ${TARGET_MS}`,
      value: round(median(took)),
      met: median(took) <= TARGET_MS,
      detail: {
        ms: { p90: round(percentile(took, 0.9)), max: round(percentile(took, 1)) },
        switches: SWITCHES,
        requestsToThePortalPerSwitch: round(requests / SWITCHES),
        statements: { whileSwitching: after - statements, inTheSameTimeAtRest: atRest },
      },
    };
  } finally {
    await browser?.close();
    await api?.stop();
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function statementsAtRest(api, forSeconds) {
  const before = await api.statements();
  await seconds(forSeconds);
  return (await api.statements()) - before;
}
