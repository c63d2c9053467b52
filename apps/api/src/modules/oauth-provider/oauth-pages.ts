import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PageCode, PAGE_TEXTS, PAGE_WORDS } from './oauth-page-texts.js';
import type { PageLook } from './page-looks.js';

export type { PageCode } from './oauth-page-texts.js';

const DARK = `--page:oklch(0.225 0.009 160);--card:oklch(0.19 0.008 160);--text:oklch(0.93 0.006 155);--muted:oklch(0.73 0.012 155);
--line:oklch(0.32 0.012 160);--accent:oklch(0.72 0.15 155);--hover:oklch(0.78 0.14 155);--on:oklch(0.2 0.04 155);
--focus:oklch(0.75 0.14 155)`;

/** The product's colours (tokens.css of the web app) without its fonts and scripts: this page must work when nothing else does. */
const STYLE = `
:root{color-scheme:light dark;--page:oklch(0.975 0.004 155);--card:oklch(0.995 0.002 155);--text:oklch(0.25 0.015 160);
--muted:oklch(0.49 0.015 160);--line:oklch(0.9 0.007 155);--accent:oklch(0.515 0.125 155);--hover:oklch(0.46 0.12 155);
--on:oklch(1 0 0);--focus:oklch(0.52 0.14 155)}
:root.light{color-scheme:light}
:root.dark{color-scheme:dark;${DARK}}
@media (prefers-color-scheme:dark){:root:not(.light){${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/22px 'Inter Variable',Inter,system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;
-webkit-text-size-adjust:100%;text-size-adjust:100%}
main{display:flex;flex-direction:column;gap:28px;width:min(26rem,100% - 40px);margin:clamp(32px,14vh,150px) auto 32px}
header{display:flex;flex-direction:column;align-items:center;gap:16px;text-align:center}
h1{margin:0 0 6px;font-size:24px;line-height:32px;font-weight:600;letter-spacing:-.025em;text-wrap:balance}
header p{margin:0;color:var(--muted);text-wrap:pretty}
section{border:1px solid var(--line);border-radius:10px;background:var(--card);padding:14px 18px 16px}
h2{margin:0 0 6px;font-size:13px;line-height:18px;font-weight:600;color:var(--muted)}
ul{display:grid;gap:8px;margin:0;padding-left:18px}
li::marker{color:var(--muted)}
nav{display:flex;flex-direction:column;gap:10px}
a{display:flex;min-height:44px;align-items:center;justify-content:center;border:1px solid var(--line);border-radius:6px;background:var(--card);
padding:0 16px;color:var(--text);font-weight:550;text-decoration:none}
a:hover{border-color:var(--muted)}
a.first{border-color:transparent;background:var(--accent);color:var(--on)}
a.first:hover{background:var(--hover)}
a:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
footer{color:var(--muted);font-size:13px;line-height:18px;text-align:center;overflow-wrap:anywhere}
`.replaceAll('\n', '');

const MARK = `<svg width="56" height="56" viewBox="0 0 64 64" aria-hidden="true"><rect width="64" height="64" rx="15" fill="#1f7a4a"/><g fill="none" stroke="#fff" stroke-linecap="round" stroke-linejoin="round" stroke-width="4"><path d="M32 9v5"/><path d="M10 29c9-2 17-7.5 22-15 5 7.5 13 13 22 15Z" fill="#fff" fill-opacity=".18"/><path d="M16 29v24M48 29v24M26.5 29v11M37.5 29v11"/><path d="M16 41h32M11 53h42"/></g></svg>`;

export interface ErrorPageOptions {
  /** HTTP status, default 400. */
  readonly status?: number;
  /** Language and theme; the browser's by default. */
  readonly look?: PageLook;
  /** For `loop`: an address of ours that goes on all the same. */
  readonly goOn?: string;
}

/**
 * Answers with a page that says what is wrong, for requests of which nobody knows where an answer may be sent (RFC 6749 4.1.2.1). Its
 * only varying parts are the request id and, for `loop`, an address that we made. A page of ours that has it in its frame cannot see the
 * status, so the code stands in `besedka-problem` as well.
 */
export function sendErrorPage(
  reply: FastifyReply,
  request: FastifyRequest,
  code: PageCode,
  options: ErrorPageOptions = {},
): FastifyReply {
  const { requestId } = request.ctx;
  const { locale, theme } = options.look ?? { locale: request.ctx.locale, theme: 'system' };
  const words = PAGE_WORDS[locale];
  const chosen = theme === 'system' ? '' : ` class="${theme}"`;
  const { title, text, causes } = PAGE_TEXTS[locale][code];
  const onward =
    options.goOn === undefined ? '' : `<a class="first" href="${escapeHtml(options.goOn)}">${words.goOn}</a>`;
  const page = `<!doctype html><html lang="${locale}"${chosen}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><meta name="besedka-problem" content="${code}"><title>${title} · ${words.product}</title><style>${STYLE}</style></head><body><main><header>${MARK}<div><h1>${title}</h1><p>${text}</p></div></header><nav>${onward}<a href="/">${words.home}</a></nav><section><h2>${words.causes}</h2><ul>${causes.map((cause) => `<li>${cause}</li>`).join('')}</ul></section><footer>${words.code}: ${code}<br>${words.requestId}: ${escapeHtml(requestId)}</footer></main></body></html>`;
  return reply
    .code(options.status ?? 400)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
