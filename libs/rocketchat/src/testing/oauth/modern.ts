import { createHash, randomBytes } from 'node:crypto';
import type { Core } from '../core.js';
import { RcError } from '../http/errors.js';
import { send, sendJson, type Exchange } from '../http/exchange.js';
import { TooMany, type Limiter } from '../http/limiter.js';
import type { OAuthService } from '../state/model.js';
import { signInByIdentity } from './accounts.js';
import { normalise, type Identity } from './identity.js';
import { newLoginCode } from './login-codes.js';
import { fetchIdentity, modernToken } from './provider-calls.js';
import { publicServices } from './services.js';

/** How long an attempt may take, in ms. */
const SESSION = 5 * 60_000;

/** The modern flow: PKCE, a session cookie, and a code for the page at the end. */
export class ModernFlow {
  private readonly sessions = new Map<string, { state: string; verifier: string; ends: number }>();

  constructor(
    private readonly core: Core,
    private readonly limiter: Limiter,
  ) {}

  get isOn(): boolean {
    const { profile, settings } = this.core;
    return profile.modernFlow && (!profile.legacyFlow || settings.bool('Accounts_OAuth_Use_Modern_Flow'));
  }

  /** Without an id, a secret and a server address the routes do not exist. */
  serviceOf(key: string): OAuthService | undefined {
    const service = this.isOn ? publicServices(this.core).find((one) => one.service === key) : undefined;
    return service?.clientId && service.secret && service.serverURL ? service : undefined;
  }

  /** `GET /oauth/<service>`. */
  async begin(exchange: Exchange, service: OAuthService): Promise<void> {
    if (await this.isTooMany(exchange, 'GET oauth')) return;
    const { core } = this;
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(18).toString('base64url');
    const id = randomBytes(18).toString('base64url');
    this.sessions.set(id, { state, verifier, ends: core.clock.now() + SESSION });
    const query = new URLSearchParams({
      response_type: 'code',
      redirect_uri: `${core.rootUrl}/_oauth/${service.service}`,
      ...(service.scope ? { scope: service.scope } : {}),
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      client_id: service.clientId,
    });
    const secure = core.rootUrl.startsWith('https:') ? '; Secure; SameSite=None' : '';
    await send(exchange, 302, '', {
      Location: `${service.serverURL}${service.authorizePath}?${query.toString()}`,
      'Set-Cookie': `oauth=${id}; Path=/; HttpOnly; Max-Age=${SESSION / 1000}${secure}`,
    });
  }

  /** `GET /_oauth/<service>?code&state`. */
  async callback(exchange: Exchange, service: OAuthService): Promise<void> {
    if (await this.isTooMany(exchange, 'GET _oauth')) return;
    const { core } = this;
    const query = exchange.url.searchParams;
    const id = /(?:^|;\s*)oauth=([^;]+)/.exec(exchange.req.headers.cookie ?? '')?.[1] ?? '';
    const session = this.sessions.get(id);
    this.sessions.delete(id);
    let location = '/login';
    try {
      if (!session || session.ends < core.clock.now() || session.state !== query.get('state'))
        throw new Error('Unknown state');
      const { accessToken } = await modernToken(core, service, query.get('code') ?? '', session.verifier);
      const identity = listedMail(normalise(service, await fetchIdentity(service, accessToken, true)));
      const signedIn = signInByIdentity(core, service, identity);
      location = `${core.siteUrl}/home?loginCode=${newLoginCode(core, signedIn)}`;
    } catch (error) {
      // A name that is taken leaves the browser waiting for ever (#42062).
      if (error instanceof RcError && error.code === '403') return;
      if (error instanceof RcError && error.code === 'totp-required') {
        const { method } = error.body['details'] as { method: string };
        location = `/2fa/${method}/${randomBytes(12).toString('hex')}`;
      }
    }
    await send(exchange, 302, '', { Location: location });
  }

  private async isTooMany(exchange: Exchange, route: string): Promise<boolean> {
    if (!this.core.settings.bool('API_Enable_Rate_Limiter')) return false;
    try {
      this.limiter.count(`${exchange.ip} ${route}`);
      return false;
    } catch (error) {
      if (!(error instanceof TooMany)) throw error;
      await sendJson(exchange, error.status, error.body, error.headers);
      return true;
    }
  }
}

/** This flow takes the address from a list `emails[0].value` and loses a flat `email` (#42062). */
function listedMail({ email: _email, ...identity }: Identity): Identity {
  const list = identity.data['emails'] as { value?: unknown }[] | undefined;
  const value = list?.[0]?.value;
  return typeof value === 'string' ? { ...identity, email: value } : identity;
}
