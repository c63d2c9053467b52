import type { Core } from '../core.js';
import type { SignedIn } from '../domain/sign-in.js';
import { RcError, refusal } from '../http/errors.js';
import { send, type Exchange } from '../http/exchange.js';
import { randomToken } from '../state/ids.js';
import type { OAuthService } from '../state/model.js';
import { signInByIdentity } from './accounts.js';
import { normalise, type Identity } from './identity.js';
import { fetchIdentity, legacyToken } from './provider-calls.js';
import { publicServices } from './services.js';

interface Pending {
  /** Known to the window that came back; a failed attempt has none. */
  secret: string | null;
  result: { service: OAuthService; identity: Identity } | { error: string };
}
interface OAuthState {
  loginStyle: string;
  credentialToken: string;
  isCordova?: boolean;
  redirectUrl?: string;
}

/** The callback of the legacy flow, and the sign-in that follows it. */
export class LegacyFlow {
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly core: Core) {}

  /** `GET /_oauth/<service>?code&state`. */
  async callback(exchange: Exchange, key: string): Promise<void> {
    const { core } = this;
    const service = publicServices(core).find((one) => one.service === key);
    const query = exchange.url.searchParams;
    const raw = query.get('state') ?? '';
    const state = readState(raw);
    if (!service || !core.profile.legacyFlow || !state) {
      await send(exchange, 404, `Login service ${key} is not there`, { 'Content-Type': 'text/plain' });
      return;
    }
    const pending: Pending = { secret: null, result: { error: 'No matching login attempt found' } };
    try {
      const error = query.get('error');
      if (error) throw new Error(`Login was refused by ${key}: ${error}`);
      const { accessToken } = await legacyToken(core, service, query.get('code') ?? '', raw);
      const identity = normalise(service, await fetchIdentity(service, accessToken, false));
      pending.result = { service, identity };
      pending.secret = randomToken();
    } catch (error) {
      pending.result = { error: error instanceof Error ? error.message : String(error) };
    }
    this.pending.set(state.credentialToken, pending);
    await this.finish(exchange, state, pending.secret);
  }

  /** The sign-in by what the callback left behind: `login {oauth: {credentialToken, credentialSecret}}`. */
  signIn(credentialToken: string, credentialSecret: string | null, code?: string): SignedIn {
    const found = this.pending.get(credentialToken);
    if (!found || found.secret !== credentialSecret) {
      throw refusal('no-matching-login', 'No matching login attempt found');
    }
    this.pending.delete(credentialToken);
    if ('error' in found.result)
      throw new RcError(500, { success: false, error: found.result.error, errorType: 'oauth' });
    return signInByIdentity(this.core, found.result.service, found.result.identity, code);
  }

  /** Hands the secret to the window that began, and sends it back to where it was. */
  private async finish(exchange: Exchange, state: OAuthState, secret: string | null): Promise<void> {
    const { core } = this;
    const wanted = state.redirectUrl ?? '';
    const home = core.rootUrl;
    const target = wanted === home || wanted.startsWith(`${home}/`) || wanted.startsWith(`${home}?`) ? wanted : home;
    const data = { style: state.loginStyle, token: state.credentialToken, secret, target };
    const json = JSON.stringify(data).replaceAll('<', '\\u003c');
    const html = `<!doctype html><html><head><title>Login completed</title></head><body>
<script type="application/json" id="result">${json}</script>
<script type="module" src="/page/oauth-end.js"></script></body></html>`;
    await send(exchange, 200, html, { 'Content-Type': 'text/html; charset=utf-8' });
  }
}

/** The state is base64 of JSON and must come back as it was sent. */
function readState(raw: string): OAuthState | undefined {
  try {
    const state = JSON.parse(Buffer.from(raw, 'base64').toString('utf8')) as Partial<OAuthState>;
    if (typeof state.credentialToken !== 'string' || typeof state.loginStyle !== 'string') return undefined;
    return state as OAuthState;
  } catch {
    return undefined;
  }
}
