import * as openid from 'openid-client';
import { BYE, type DrivenClient, opens, type Scene } from './driven-client.js';

const configure = ({ issuer, application }: Scene): Promise<openid.Configuration> =>
  openid.discovery(new URL(issuer), application.clientId, application.secret, undefined, {
    execute: [openid.allowInsecureRequests],
  });

/** Discovery, code, PKCE, state, `iss`, nonce and signature of the id token: all checked by the library. */
async function signedIn(scene: Scene, scope = 'openid profile email roles offline_access') {
  const config = await configure(scene);
  // Reads the keys of the portal and checks the signature, which TLS alone would not ask for.
  openid.enableNonRepudiationChecks(config);
  const verifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: scene.application.redirectUri,
    scope,
    state,
    nonce,
    max_age: '3600',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await scene.browser.open(url, scene.application.redirectUri);
  const tokens = await openid.authorizationCodeGrant(config, back.url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 3600,
    idTokenExpected: true,
  });
  return { config, tokens };
}

export const openidClient: DrivenClient = {
  name: 'openid-client',
  missing: {},
  steps: {
    discovery: async (scene) => {
      const config = await configure(scene);
      expect(config.serverMetadata().issuer).toBe(scene.issuer);
      expect(config.serverMetadata().supportsPKCE()).toBe(true);
    },
    'code + PKCE': async (scene) => {
      const { tokens } = await signedIn(scene);
      expect(tokens.expiresIn()).toBeGreaterThan(0);
      expect(await opens(scene, tokens.access_token)).toBe(true);
    },
    'id token': async (scene) => {
      const { config, tokens } = await signedIn(scene);
      expect(tokens.claims()).toMatchObject({ iss: scene.issuer, sub: scene.userId, name: 'Тимур Юрьев' });
      const info = await openid.fetchUserInfo(config, tokens.access_token, scene.userId);
      expect(info.preferred_username).toBe('test_user');
    },
    refresh: async (scene) => {
      const { config, tokens } = await signedIn(scene);
      const next = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(next.refresh_token).not.toBe(tokens.refresh_token);
      expect(await opens(scene, next.access_token)).toBe(true);
    },
    revoke: async (scene) => {
      const { config, tokens } = await signedIn(scene);
      await openid.tokenRevocation(config, tokens.access_token);
      expect(await opens(scene, tokens.access_token)).toBe(false);
      await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    },
    introspect: async (scene) => {
      const { config, tokens } = await signedIn(scene);
      expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({
        active: true,
        sub: scene.userId,
        client_id: scene.application.clientId,
      });
    },
    logout: async (scene) => {
      const { config, tokens } = await signedIn(scene);
      const url = openid.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: BYE,
        state: 'bye+/=',
      });
      const back = await scene.browser.open(url, BYE);
      expect(back.url.searchParams.get('state')).toBe('bye+/=');
      expect(await scene.browser.isSignedIn()).toBe(false);
      expect(await opens(scene, tokens.access_token)).toBe(false);
    },
    'client credentials': async (scene) => {
      const config = await configure(scene);
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'directory:read' });
      expect(tokens).toMatchObject({ scope: 'directory:read', token_type: 'bearer' });
      expect((await openid.tokenIntrospection(config, tokens.access_token)).active).toBe(true);
    },
    device: async (scene) => {
      const config = await configure(scene);
      const begun = await openid.initiateDeviceAuthorization(config, { scope: 'openid profile' });
      await scene.browser.allowDevice(begun.user_code);
      const tokens = await openid.pollDeviceAuthorizationGrant(config, begun);
      expect(tokens.claims()?.sub).toBe(scene.userId);
      expect(await opens(scene, tokens.access_token)).toBe(true);
    },
  },
};
