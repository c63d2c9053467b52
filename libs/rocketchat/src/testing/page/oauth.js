/** The sign-in through a provider, as the browser does it. */

const SECRET = 'Meteor.oauth.credentialSecret-';
const RELOAD = 'Meteor_Reload';

const absolute = (service, path) => (/^https?:\/\//.test(path) ? path : service.serverURL + path);

/** Where the legacy flow sends people. */
function authorizeUrl(runtime, service, state) {
  const url = absolute(service, service.authorizePath);
  const query = [
    ['client_id', service.clientId],
    ['redirect_uri', `${runtime.rootUrl}/_oauth/${service.service}${service.loginStyle === '' ? '?close' : ''}`],
    ['response_type', 'code'],
    ['state', state],
    ['scope', service.scope],
  ];
  const text = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

/** Letters and digits only, as the server's own. */
function randomToken() {
  return (
    [...crypto.getRandomValues(new Uint8Array(32))].map((byte) => (byte % 36).toString(36)).join('') +
    Date.now().toString(36)
  );
}

/**
 * Begins the sign-in.
 *
 * @returns what the popup brought back; in redirect style the page is left and nothing comes
 */
export async function beginOAuth(page, service, redirectUrl) {
  const { runtime, local, session } = page;
  if (!runtime.legacyFlow) {
    location.assign(`/oauth/${service.service}`);
    return new Promise(() => undefined);
  }
  const credentialToken = randomToken();
  // Without a storage that survives the way there and back, a popup is all that is left.
  const loginStyle = service.loginStyle === 'redirect' && !session.usable ? 'popup' : service.loginStyle;
  const back = redirectUrl?.startsWith(runtime.rootUrl) ? redirectUrl : location.href;
  const state = btoa(
    JSON.stringify({
      loginStyle,
      credentialToken,
      isCordova: false,
      ...(loginStyle === 'redirect' ? { redirectUrl: back } : {}),
    }),
  );
  const url = authorizeUrl(runtime, service, state);
  if (loginStyle === 'redirect') {
    session.set(RELOAD, JSON.stringify({ oauth: { loginService: service.service, credentialToken } }));
    location.assign(url);
    return new Promise(() => undefined);
  }
  const popup = window.open(url, 'Login', 'width=900,height=450');
  if (!popup) throw { error: 'popup blocked', reason: 'popup blocked' };
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(timer);
      resolve();
    }, 100);
  });
  const credentialSecret = local.get(SECRET + credentialToken);
  local.remove(SECRET + credentialToken);
  return { credentialToken, credentialSecret };
}

/** What a redirect brought back, once. */
export function afterRedirect({ session }) {
  const parked = session.get(RELOAD);
  if (!parked) return undefined;
  session.remove(RELOAD);
  const { credentialToken } = JSON.parse(parked).oauth ?? {};
  if (!credentialToken) return undefined;
  const credentialSecret = session.get(SECRET + credentialToken);
  session.remove(SECRET + credentialToken);
  return { credentialToken, credentialSecret };
}

/** The end of the modern flow: `?loginCode=` is worth a session, once. */
export async function afterLoginCode() {
  const url = new URL(location.href);
  const code = url.searchParams.get('loginCode');
  if (!code) return undefined;
  url.searchParams.delete('loginCode');
  history.replaceState(null, '', url);
  const response = await fetch('/api/v1/loginCode.redeem', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const answer = await response.json();
  if (!response.ok) throw { error: answer.errorType, reason: answer.error };
  return answer.loginToken;
}
