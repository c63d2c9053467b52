import { register } from '../applications.js';
import { type DrivenClient, opens, type Scene } from './driven-client.js';
import { PassportApplication, type PassportTokens } from './passport-application.js';
import { signIn } from '../../accounts/accounts.js';

/** Runs a real web application with the strategy, which the browser visits. */
async function withSignIn(
  scene: Scene,
  then: (tokens: PassportTokens, application: PassportApplication) => Promise<void>,
): Promise<void> {
  const application = await PassportApplication.start();
  try {
    const { clientId, secret } = await register(await signIn(scene.app, 'owner'), {
      redirectUris: [application.redirectUri],
    });
    application.configure({
      authorizationURL: `${scene.issuer}/o/authorize/`,
      tokenURL: `${scene.issuer}/o/token/`,
      identityURL: `${scene.issuer}/o/userinfo/`,
      clientID: clientId,
      clientSecret: secret ?? '',
      scope: ['openid', 'profile'],
    });
    const shown = await scene.browser.open(`${application.origin}/login`);
    if (shown.status !== 200) throw new Error(`${shown.status} ${shown.text}`);
    await then(JSON.parse(shown.text) as PassportTokens, application);
  } finally {
    await application.stop();
  }
}

export const passportOauth2: DrivenClient = {
  name: 'passport-oauth2',
  missing: {
    discovery: 'addresses are configured',
    'id token': 'hands the token on unread',
    revoke: 'no method for it',
    introspect: 'no method for it',
    logout: 'no method for it',
    'client credentials': 'signs people in only',
    device: 'no such grant',
  },
  steps: {
    'code + PKCE': (scene) =>
      withSignIn(scene, async ({ accessToken, profile, results }) => {
        expect(profile).toMatchObject({ sub: scene.userId, preferred_username: 'test_user' });
        expect(results).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
        expect(await opens(scene, accessToken)).toBe(true);
      }),
    refresh: (scene) =>
      withSignIn(scene, async ({ refreshToken }, application) => {
        const next = await application.refresh(refreshToken);
        expect(next.refreshToken).not.toBe(refreshToken);
        expect(await opens(scene, next.accessToken)).toBe(true);
      }),
  },
};
