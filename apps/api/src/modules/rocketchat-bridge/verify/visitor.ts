import { randomBytes } from 'node:crypto';
import {
  type AuthTokens,
  isRocketChatError,
  readOAuthEnd,
  type RocketChatClient,
  signInByOAuth,
} from '@besedka/rocketchat';
import type { AppConfig } from '../../../config/app-config.js';
import { PROVIDER } from '../desired-state.js';
import { TOKEN_ADDRESS } from '../sign-in/addresses.js';
import type { TestAccount } from './test-accounts.js';
import { Trouble } from './trouble.js';

const TIMEOUT_MS = 15_000;

/** What strangers are told about our provider. */
export interface OfferedService {
  readonly clientId: string;
  readonly serverURL: string;
  readonly authorizePath: string;
  readonly scope: string;
}

/** Does over HTTP what a person's browser does, with the session of a test account. */
export class Visitor {
  constructor(
    private readonly config: AppConfig,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  private get chatUrl(): string {
    return this.config.rocketChat.url ?? '';
  }

  /** The page that we frame, as browsers get it: through whatever stands in front. @throws Trouble `unreachable` */
  async page(): Promise<Response> {
    const { url, apiUrl } = this.config.rocketChat;
    for (const base of new Set([url, apiUrl])) {
      try {
        return await this.ask(`${base}/home?layout=embedded`);
      } catch {
        // From inside of a container the address of browsers may lead nowhere.
      }
    }
    throw new Trouble('unreachable', { url: this.chatUrl });
  }

  /** What strangers are offered, or null. @throws Trouble `unreachable` */
  async offered(): Promise<OfferedService | null> {
    const answer = await this.chat('/api/v1/settings.oauth');
    const { services } = (await jsonOf(answer)) as { services?: Record<string, unknown>[] };
    const found = services?.find(({ service, name }) => (service ?? name) === PROVIDER);
    if (found === undefined) return null;
    const text = (member: string): string => (typeof found[member] === 'string' ? found[member] : '');
    return {
      clientId: text('clientId'),
      serverURL: text('serverURL'),
      authorizePath: text('authorizePath'),
      scope: text('scope'),
    };
  }

  /**
   * The legacy flow: authorize with the portal's session, callback, sign-in over DDP (contract 1.2).
   * @throws Trouble
   */
  async signInByOAuth(account: TestAccount, service: OfferedService): Promise<AuthTokens> {
    const state = {
      loginStyle: 'redirect',
      credentialToken: randomBytes(24).toString('base64url'),
      isCordova: false,
      redirectUrl: `${this.chatUrl}/home`,
    };
    const callback = `${this.chatUrl}/_oauth/${PROVIDER}`;
    const query = new URLSearchParams({
      client_id: service.clientId,
      redirect_uri: callback,
      response_type: 'code',
      state: Buffer.from(JSON.stringify(state)).toString('base64'),
      scope: service.scope,
    });
    const authorized = await this.portal('GET', `${service.authorizePath}?${query.toString()}`, account);
    const back = authorized.headers.get('location') ?? '';
    const answer = back.startsWith(`${callback}?`) ? new URL(back).searchParams : null;
    if (answer?.has('code') !== true) {
      throw new Trouble('portal_refused', { status: String(authorized.status), error: answer?.get('error') ?? '' });
    }
    const page = await this.chat(back.slice(this.chatUrl.length));
    const credential = page.ok ? readOAuthEnd(await page.text()) : null;
    if (credential === null) throw new Trouble('callback_refused', { status: String(page.status) });
    try {
      return await signInByOAuth(this.config.rocketChat.apiUrl ?? this.chatUrl, credential);
    } catch (error) {
      throw refusedSignIn(error);
    }
  }

  /**
   * Iframe authentication: the page of Rocket.Chat asks the portal for a token, and signs in with it (contract 6).
   * @throws Trouble
   */
  async signInByToken(account: TestAccount, rocket: RocketChatClient): Promise<AuthTokens> {
    const answer = await this.portal('POST', TOKEN_ADDRESS, account, new URL(this.chatUrl).origin);
    const { loginToken, code } = (await jsonOf(answer)) as { loginToken?: unknown; code?: unknown };
    if (typeof loginToken !== 'string') {
      const facts = { status: String(answer.status), code: typeof code === 'string' ? code : '' };
      if (this.config.rocketChat.tokenSecret === null) throw new Trouble('token_secret_missing', facts);
      throw new Trouble(answer.status === 503 ? 'token_secret_wrong' : 'portal_refused', facts);
    }
    try {
      return await rocket.auth.login({ resume: loginToken });
    } catch (error) {
      throw refusedSignIn(error);
    }
  }

  /** Signs out of the portal. @throws Trouble */
  async signOut(account: TestAccount): Promise<void> {
    const answer = await this.portal('POST', '/api/v1/auth/logout', account, this.config.http.publicUrl);
    if (!answer.ok) throw new Trouble('portal_refused', { status: String(answer.status), error: '' });
  }

  /** The portal as browsers reach it; from inside of a container perhaps as Rocket.Chat does. */
  private async portal(method: 'GET' | 'POST', path: string, account: TestAccount, origin?: string): Promise<Response> {
    const { publicUrl } = this.config.http;
    const { access } = this.config.auth.cookies;
    const headers = { cookie: `${access}=${account.access}`, ...(origin !== undefined && { origin }) };
    for (const base of new Set([publicUrl, this.config.rocketChat.portalUrl ?? publicUrl])) {
      try {
        return await this.ask(base + path, { method, headers });
      } catch {
        // The next one, if there is one.
      }
    }
    throw new Trouble('portal_unreachable', { url: publicUrl });
  }

  /** Rocket.Chat as this process reaches it. */
  private async chat(path: string): Promise<Response> {
    try {
      return await this.ask((this.config.rocketChat.apiUrl ?? this.chatUrl) + path);
    } catch {
      throw new Trouble('unreachable', { url: this.chatUrl });
    }
  }

  private ask(url: string, init: RequestInit = {}): Promise<Response> {
    return this.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  }
}

async function jsonOf(answer: Response): Promise<object> {
  try {
    const value: unknown = await answer.json();
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function refusedSignIn(error: unknown): unknown {
  if (!isRocketChatError(error)) return error;
  return new Trouble('sign_in_refused', { reason: error.kind, code: error.errorType ?? '' });
}
