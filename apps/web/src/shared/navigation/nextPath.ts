/** Paths that the server answers itself: going there is a navigation of the browser, not of the router (F18). */
const SERVER_PATHS = /^\/(?:o|api|\.well-known)\/|^\/chat\/api\//;
/** Where the request of another application stands in the address: it is as long as that application made it. */
const REQUEST_PATHS = /^\/(?:o|api|\.well-known|oauth)\//;
/** Longest address of our own pages, and longest with the request of an application inside (8000) and a path before it. */
const OWN_MAX = 2000;
const REQUEST_MAX = 8200;
/** Pages that make no sense as a place to return to. */
const SIGN_IN_PATHS = /^\/(?:login|accounts\/login|activate|forgot|reset)(?:[/?#]|$)/;
// eslint-disable-next-line no-control-regex -- browsers drop these characters from addresses, so "/\t/host" would leave the site
const CONTROL_OR_BACKSLASH = /[\u0000-\u001F\u007F\\]/;

/**
 * The address to resume after signing in, taken from `?next=`. Only a path of this very site is let through: anything
 * else (another origin, `//host`, backslashes, `javascript:`) gives the fallback, so the sign-in page cannot be used to
 * send people elsewhere.
 */
export function safeNextPath(raw: unknown, fallback = '/chat'): string {
  if (typeof raw !== 'string' || raw.length > (REQUEST_PATHS.test(raw) ? REQUEST_MAX : OWN_MAX)) return fallback;
  if (!raw.startsWith('/') || raw.startsWith('//') || CONTROL_OR_BACKSLASH.test(raw)) return fallback;
  const base = 'http://same.invalid';
  let url: URL;
  try {
    url = new URL(raw, base);
  } catch {
    return fallback;
  }
  const path = url.pathname + url.search + url.hash;
  // Dot segments may collapse into "//host".
  if (url.origin !== base || path.startsWith('//') || SIGN_IN_PATHS.test(path)) return fallback;
  return path;
}

/** Whether this path belongs to the server (for example a waiting OAuth request) and not to the web app. */
export function isServerPath(path: string): boolean {
  return SERVER_PATHS.test(path);
}

/**
 * The request of another application that waits for signing in, or null when the path is none. `again`: it wants the password once
 * more although somebody is signed in (OpenID Connect Core 3.1.2.1: `prompt`, `max_age`, and `id_token_hint` of somebody else); `another`:
 * for somebody who wants to come with another account; `loginHint`: whom the application expects.
 */
export function waitingRequest(path: string): { again: boolean; another: boolean; loginHint: string } | null {
  if (!/^\/(?:o\/authorize\/?|oauth\/consent|api\/v1\/auth\/continue\/?)(?:\?|$)/.test(path)) return null;
  const query = new URLSearchParams(path.slice(path.indexOf('?') + 1));
  const prompts = (query.get('prompt') ?? '').split(' ');
  const another = prompts.includes('select_account');
  return {
    again: another || prompts.includes('login') || ['max_age', 'id_token_hint'].some((name) => query.has(name)),
    another,
    loginHint: query.get('login_hint')?.slice(0, 254) ?? '',
  };
}

/** A query string, byte for byte, without the notes that our server adds on the way through our pages. */
export const withoutNotes = (query: string): string =>
  query
    .split('&')
    .filter((part) => !/^besedka_\w+=/.test(part))
    .join('&');
