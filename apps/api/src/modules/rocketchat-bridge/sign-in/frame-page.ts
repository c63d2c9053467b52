import { createHash } from 'node:crypto';
import type { Locale } from '../../../common/context/request-context.js';

const TEXTS: Readonly<Record<Locale, { title: string; busy: string; failed: string; check: string }>> = {
  ru: {
    title: 'Вход в чат',
    busy: 'Входим в чат…',
    failed: 'Войти в чат не получилось.',
    check: 'Проверить соединение',
  },
  en: {
    title: 'Signing in to the chat',
    busy: 'Signing in to the chat…',
    failed: 'The chat could not be opened.',
    check: 'Check connection',
  },
};

/** Asks the page of Rocket.Chat around it to ask the portal once more, and says so when that did not help. */
const SCRIPT = `
const { chat } = document.documentElement.dataset;
window.addEventListener('message', ({ data, origin }) => {
  if (origin === chat && data && data.event === 'login-error') document.body.className = 'failed';
});
if (window.parent !== window) window.parent.postMessage({ event: 'try-iframe-login' }, chat);
else document.body.className = 'failed';
`.trim();

/** For the content policy: this script and no other. */
export const FRAME_SCRIPT_HASH = `'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

const STYLE =
  `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-content:center;gap:12px;text-align:center;
font:15px/22px system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;background:Canvas;color:CanvasText}p{margin:0}
.failed .busy,body:not(.failed) .trouble{display:none}a{color:LinkText;display:inline-block;padding:11px}`.replaceAll(
    '\n',
    '',
  );

/** @param chat origin of Rocket.Chat: the only one that is told anything */
export function framePage(locale: Locale, chat: string): string {
  const { title, busy, failed, check } = TEXTS[locale];
  return (
    `<!doctype html><html lang="${locale}" data-chat="${chat}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
    `<title>${title}</title><style>${STYLE}</style></head><body><p class="busy" role="status">${busy}</p>` +
    `<div class="trouble" role="alert"><p>${failed}</p><a href="/chat/test" target="_top">${check}</a></div>` +
    `<script>${SCRIPT}</script></body></html>`
  );
}
