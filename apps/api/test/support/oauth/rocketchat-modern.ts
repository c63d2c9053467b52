import { PassportApplication, type PassportTokens } from './clients/passport-application.js';
import type { Browser } from './clients/browser.js';
import { BESEDKA_FIELDS, readIdentity, type RocketChatIdentity } from './rocketchat-identity.js';

/**
 * A Rocket.Chat 8.7 or newer with the modern flow switched on. It stands on `passport-oauth2`, and so does this: PKCE by S256 without a
 * switch, a random state in a session of its server, credentials always in the body, no `Accept`, an identity that must be 200 exactly.
 */
export class ModernRocketChat {
  private constructor(private readonly application: PassportApplication) {}

  static async start(): Promise<ModernRocketChat> {
    return new ModernRocketChat(await PassportApplication.start('/_oauth/besedka'));
  }

  get redirectUri(): string {
    return this.application.redirectUri;
  }

  /** Server URL and paths are glued together: no absolute paths in this flow, except for the identity. */
  configure(settings: { url: string; id: string; secret: string; identityTokenSentVia?: 'header' | 'payload' }): void {
    this.application.configure({
      authorizationURL: `${settings.url}/o/authorize/`,
      tokenURL: `${settings.url}/o/token/`,
      identityURL: `${settings.url}/api/v1/auth/rocket/`,
      clientID: settings.id,
      clientSecret: settings.secret,
      scope: ['read'],
      tokenInHeader: settings.identityTokenSentVia !== 'payload',
    });
  }

  /** Somebody clicks the button. @throws Error with what their browser is shown, when it fails */
  async signIn(browser: Browser): Promise<{ identity: RocketChatIdentity; tokens: PassportTokens }> {
    const shown = await browser.open(`${this.application.origin}/oauth/besedka`);
    if (shown.status !== 200) throw new Error(shown.text);
    const tokens = JSON.parse(shown.text) as PassportTokens;
    // Here the mail is read out of the list, and a flat `email` gets lost (its issue 42062).
    const { email: _flat, ...profile } = tokens.profile as { email?: unknown; emails?: { value: string }[] };
    const email = profile.emails?.[0]?.value;
    return { identity: readIdentity({ ...profile, email }, BESEDKA_FIELDS), tokens };
  }

  stop(): Promise<void> {
    return this.application.stop();
  }
}
