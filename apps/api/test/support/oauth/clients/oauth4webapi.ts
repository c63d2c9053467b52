import * as oauth from 'oauth4webapi';
import { type DrivenClient, opens, type Scene } from './driven-client.js';

/** The portal of the tests has no certificate. */
const HTTP = { [oauth.allowInsecureRequests]: true } as const;

async function configure({ issuer, application }: Scene) {
  const address = new URL(issuer);
  const answer = await oauth.discoveryRequest(address, HTTP);
  const server = await oauth.processDiscoveryResponse(address, answer);
  const client: oauth.Client = { client_id: application.clientId };
  return { server, client, auth: oauth.ClientSecretBasic(application.secret) };
}

async function signedIn(scene: Scene) {
  const { server, client, auth } = await configure(scene);
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(server.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: scene.application.redirectUri,
    response_type: 'code',
    scope: 'openid profile email roles offline_access',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const back = await scene.browser.open(url, scene.application.redirectUri);
  const params = oauth.validateAuthResponse(server, client, back.url, state);
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    auth,
    params,
    scene.application.redirectUri,
    verifier,
    HTTP,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, answer, HTTP);
  return { server, client, auth, tokens };
}

export const oauth4webapi: DrivenClient = {
  name: 'oauth4webapi',
  missing: { logout: 'no function of it builds an address to sign out at' },
  steps: {
    discovery: async (scene) => {
      const { server } = await configure(scene);
      const address = new URL(scene.issuer);
      // The document of RFC 8414 beside the one of OpenID Connect.
      const plain = await oauth.discoveryRequest(address, { algorithm: 'oauth2', ...HTTP });
      expect(await oauth.processDiscoveryResponse(address, plain)).toEqual(server);
    },
    'code + PKCE': async (scene) => {
      const { tokens } = await signedIn(scene);
      expect(await opens(scene, tokens.access_token)).toBe(true);
    },
    'id token': async (scene) => {
      const { server, client, tokens } = await signedIn(scene);
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      expect(claims).toMatchObject({ iss: scene.issuer, sub: scene.userId, preferred_username: 'test_user' });
      const answer = await oauth.userInfoRequest(server, client, tokens.access_token, HTTP);
      const info = await oauth.processUserInfoResponse(server, client, scene.userId, answer);
      expect(info.name).toBe(claims?.name);
    },
    refresh: async (scene) => {
      const { server, client, auth, tokens } = await signedIn(scene);
      const answer = await oauth.refreshTokenGrantRequest(server, client, auth, tokens.refresh_token ?? '', HTTP);
      const next = await oauth.processRefreshTokenResponse(server, client, answer);
      expect(next.refresh_token).not.toBe(tokens.refresh_token);
      expect(await opens(scene, next.access_token)).toBe(true);
    },
    revoke: async (scene) => {
      const { server, client, auth, tokens } = await signedIn(scene);
      const answer = await oauth.revocationRequest(server, client, auth, tokens.refresh_token ?? '', HTTP);
      await oauth.processRevocationResponse(answer);
      expect(await opens(scene, tokens.access_token)).toBe(false);
    },
    introspect: async (scene) => {
      const { server, client, auth, tokens } = await signedIn(scene);
      const answer = await oauth.introspectionRequest(server, client, auth, tokens.access_token, HTTP);
      expect(await oauth.processIntrospectionResponse(server, client, answer)).toMatchObject({
        active: true,
        username: 'test_user',
      });
    },
    'client credentials': async (scene) => {
      const { server, client, auth } = await configure(scene);
      const wanted = new URLSearchParams({ scope: 'directory:read' });
      const answer = await oauth.clientCredentialsGrantRequest(server, client, auth, wanted, HTTP);
      const tokens = await oauth.processClientCredentialsResponse(server, client, answer);
      expect(tokens.scope).toBe('directory:read');
    },
    device: async (scene) => {
      const { server, client, auth } = await configure(scene);
      const wanted = new URLSearchParams({ scope: 'profile' });
      const begun = await oauth.processDeviceAuthorizationResponse(
        server,
        client,
        await oauth.deviceAuthorizationRequest(server, client, auth, wanted, HTTP),
      );
      const poll = async () =>
        oauth.processDeviceCodeResponse(
          server,
          client,
          await oauth.deviceCodeGrantRequest(server, client, auth, begun.device_code, HTTP),
        );
      await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' });
      await scene.browser.allowDevice(begun.user_code);
      await new Promise((resolve) => setTimeout(resolve, (begun.interval ?? 5) * 1000));
      const tokens = await poll();
      const me = await oauth.introspectionRequest(server, client, auth, tokens.access_token, HTTP);
      expect(await oauth.processIntrospectionResponse(server, client, me)).toMatchObject({ sub: scene.userId });
    },
  },
};
