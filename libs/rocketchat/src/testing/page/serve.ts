import { readFile } from 'node:fs/promises';
import { send, type Exchange } from '../http/exchange.js';
import { publicServices } from '../oauth/services.js';

const FOLDER = new URL('./', import.meta.url);
const VIEWS = /^\/(?:$|home$|login$|setup-wizard$|admin|2fa\/|(?:channel|group|direct)\/[^/]+$)/;

/** The page that people see, its scripts, and the pictures of users. */
export async function servePage(exchange: Exchange): Promise<boolean> {
  const { url, call } = exchange;
  if (call.method !== 'GET') return false;
  const script = /^\/page\/([a-z-]+\.js)$/.exec(url.pathname)?.[1];
  if (script) {
    const text = await readFile(new URL(script, FOLDER), 'utf8').catch(() => undefined);
    if (text === undefined) return false;
    await send(exchange, 200, text, { 'Content-Type': 'text/javascript; charset=utf-8' });
    return true;
  }
  const name = /^\/avatar\/([^/]+)$/.exec(url.pathname)?.[1];
  if (name) {
    await send(exchange, 200, picture(decodeURIComponent(name)), { 'Content-Type': 'image/svg+xml' });
    return true;
  }
  if (!VIEWS.test(url.pathname)) return false;
  await send(exchange, 200, html(exchange), { 'Content-Type': 'text/html; charset=utf-8' });
  return true;
}

function html({ core }: Exchange): string {
  const settings = [...core.state.settings.values()].filter((one) => one.public);
  const runtime = {
    rootUrl: core.rootUrl,
    settings: Object.fromEntries(settings.map(({ _id }) => [_id, core.settings.get(_id)])),
    services: publicServices(core).map(({ secret: _secret, ...service }) => service),
    legacyFlow: core.profile.legacyFlow && !core.settings.bool('Accounts_OAuth_Use_Modern_Flow'),
    faults: core.faults.active.filter((one) => ['frame-silent', 'room-never-opens', 'storage-blocked'].includes(one)),
  };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rocket.Chat</title><meta name="viewport" content="width=device-width">
<style>${STYLE}</style></head><body>
<script type="application/json" id="runtime">${JSON.stringify(runtime).replaceAll('<', '\\u003c')}</script>
<div id="app"></div><script type="module" src="/page/main.js"></script></body></html>`;
}

function picture(name: string): string {
  const letter = (name.charAt(0) || '?').toUpperCase().replace(/[<>&"]/g, '');
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><rect width="200" height="200" fill="#455a64"/>' +
    `<text x="50%" y="50%" dy="0.36em" text-anchor="middle" font-size="125" fill="#fff">${letter}</text></svg>`
  );
}

const STYLE = `
body { margin: 0; font: 15px/1.4 system-ui, sans-serif; color: #1f2329; background: #fff; }
#app { display: flex; min-height: 100vh; }
nav { width: 220px; padding: 12px; background: #f2f3f5; box-sizing: border-box; }
nav a { display: block; padding: 4px; color: inherit; }
main { flex: 1; display: flex; flex-direction: column; min-height: 100vh; min-width: 0; }
header { padding: 10px 16px; border-bottom: 1px solid #d7dbe0; font-weight: 600; }
.messages { flex: 1; overflow-y: auto; padding: 12px 16px; margin: 0; list-style: none; }
.messages b { margin-right: 8px; } .messages .system { color: #6c727a; font-style: italic; }
textarea { margin: 12px 16px; min-height: 44px; font: inherit; padding: 8px; border-radius: 4px; border: 1px solid #9ea2a8; }
form { margin: 10vh auto; display: grid; gap: 10px; width: min(300px, 90%); }
input, button { font: inherit; padding: 8px; }
button { border: 0; border-radius: 4px; background: #1d74f5; color: #fff; cursor: pointer; }
.error { color: #b3121f; } iframe { flex: 1; border: 0; }
.embedded nav, .embedded header { display: none; }
`;
