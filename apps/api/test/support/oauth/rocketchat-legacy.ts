import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { BESEDKA_FIELDS, type IdentityFields, readIdentity, type RocketChatIdentity } from './rocketchat-identity.js';

/** What an administrator of Rocket.Chat sets for a custom OAuth provider; names and defaults as there. */
export interface RocketChatSettings extends IdentityFields {
  /** Server URL, no trailing slash. */
  readonly url: string;
  readonly authorizePath: string;
  readonly tokenPath: string;
  readonly identityPath: string;
  readonly scope: string;
  readonly id: string;
  readonly secret: string;
  readonly tokenSentVia: 'header' | 'payload';
  readonly identityTokenSentVia: 'default' | 'header' | 'payload';
  readonly accessTokenParam: string;
  readonly loginStyle: 'popup' | 'redirect';
}

interface Attempt {
  readonly loginStyle: 'popup' | 'redirect';
  readonly credentialToken: string;
  readonly isCordova: boolean;
  /** The page to come back to; redirect style only. */
  readonly redirectUrl?: string;
}

export interface RocketChatSignIn {
  /** Answer of the token endpoint. */
  readonly tokens: Record<string, unknown>;
  /** Answer of the identity address, unread. */
  readonly raw: Record<string, unknown>;
  readonly identity: RocketChatIdentity;
  /** Where the browser goes now: back to the page in redirect style, null for a popup that closes. */
  readonly goOn: string | null;
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly text: string;
}

/**
 * A Rocket.Chat (up to 8.9, legacy flow) as the client that it is: the authorize address is made in the browser, the rest by its
 * server. No nonce, no PKCE, no discovery.
 */
export class LegacyRocketChat {
  readonly settings: RocketChatSettings;
  readonly redirectUri: string;

  /** @param rootUrl its own address, no trailing slash */
  constructor(
    readonly rootUrl: string,
    settings: Pick<RocketChatSettings, 'url' | 'id' | 'secret'> & Partial<RocketChatSettings>,
  ) {
    this.settings = {
      authorizePath: '/o/authorize/',
      tokenPath: '/o/token/',
      identityPath: '/api/v1/auth/rocket/',
      scope: 'read',
      tokenSentVia: 'payload',
      identityTokenSentVia: 'header',
      accessTokenParam: 'access_token',
      loginStyle: 'popup',
      ...BESEDKA_FIELDS,
      ...settings,
    };
    // `?close` is appended only for an empty login style, which is never set.
    this.redirectUri = `${rootUrl}/_oauth/besedka`;
  }

  /** In the browser: what the button opens. @param page where somebody clicks it, for redirect style */
  begin(page = `${this.rootUrl}/home`): { address: string; state: string } {
    const { loginStyle, id, scope } = this.settings;
    const attempt: Attempt = {
      loginStyle,
      credentialToken: randomBytes(32).toString('base64url'),
      isCordova: false,
      ...(loginStyle === 'redirect' && { redirectUrl: page }),
    };
    // Standard base64: `=`, `+` and `/` are in it.
    const state = Buffer.from(JSON.stringify(attempt), 'latin1').toString('base64');
    const path = this.absolute(this.settings.authorizePath);
    const address =
      `${path}${path.includes('?') ? '&' : '?'}client_id=${id}&redirect_uri=${encodeURIComponent(this.redirectUri)}` +
      `&response_type=code&state=${encodeURIComponent(state)}&scope=${encodeURIComponent(scope)}`;
    return { address, state };
  }

  /** On its server: the browser has come to `/_oauth/besedka`. @throws Error in Rocket.Chat's words */
  async receive(address: URL): Promise<RocketChatSignIn> {
    const { code, state = '', error } = Object.fromEntries(address.searchParams) as Record<string, string | undefined>;
    if (error !== undefined || code === undefined) throw new Error(`Login failed: ${error ?? 'no code'}`);
    const attempt = JSON.parse(Buffer.from(state, 'base64').toString('latin1')) as Attempt;
    if (typeof attempt.credentialToken !== 'string') throw new Error('Unable to parse state');
    const tokens = await this.token(code, state);
    const raw = await this.identity(String(tokens.access_token));
    return {
      tokens,
      raw,
      identity: readIdentity(raw, this.settings),
      goOn: attempt.loginStyle === 'redirect' ? (attempt.redirectUrl ?? null) : null,
    };
  }

  private async token(code: string, state: string): Promise<Record<string, unknown>> {
    const { id, secret, tokenSentVia } = this.settings;
    const address = this.absolute(this.settings.tokenPath);
    const form = new URLSearchParams({
      code,
      redirect_uri: this.redirectUri,
      grant_type: 'authorization_code',
      // An extra that no standard knows in this place.
      state,
      ...(tokenSentVia === 'payload' && { client_id: id, client_secret: secret }),
    }).toString();
    const answer = await ask('POST', address, form, {
      'content-type': 'application/x-www-form-urlencoded',
      // Raw, not form-encoded as RFC 6749 2.3.1 wants it.
      ...(tokenSentVia === 'header' && {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      }),
    });
    const data = answer.status >= 200 && answer.status < 300 ? parsed(answer.text) : null;
    if (data === null || data.error !== undefined) {
      throw new Error(`Failed to complete OAuth handshake with besedka at ${address}. ${answer.statusText}`);
    }
    return data;
  }

  private async identity(accessToken: string): Promise<Record<string, unknown>> {
    const { identityTokenSentVia: via, tokenSentVia, accessTokenParam } = this.settings;
    const inHeader = (via === 'default' ? tokenSentVia : via) === 'header';
    const address = this.absolute(this.settings.identityPath);
    const answer = await ask(
      'GET',
      inHeader ? address : `${address}?${accessTokenParam}=${encodeURIComponent(accessToken)}`,
      null,
      inHeader ? { authorization: `Bearer ${accessToken}` } : {},
    );
    const data = answer.status >= 200 && answer.status < 300 ? parsed(answer.text) : null;
    if (data === null) throw new Error(`Failed to fetch identity from besedka at ${address}. ${answer.statusText}`);
    return data;
  }

  private absolute(path: string): string {
    return /^https?:/.test(path) ? path : this.settings.url + path;
  }
}

/** One request with these headers and no others. */
function ask(method: string, address: string, form: string | null, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      address,
      {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': 'Meteor/3.3',
          ...(form !== null && { 'content-length': Buffer.byteLength(form) }),
          ...headers,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? '', text }),
        );
      },
    );
    outgoing.on('error', reject).end(form ?? undefined);
  });
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
