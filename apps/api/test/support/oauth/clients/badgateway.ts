import { generateCodeVerifier, OAuth2Client, type OAuth2Token } from '@badgateway/oauth2-client';
import { type DrivenClient, opens, type Scene } from './driven-client.js';

/** Finds every address by the document of RFC 8414. */
const clientOf = ({ issuer, application }: Scene): OAuth2Client =>
  new OAuth2Client({ server: issuer, clientId: application.clientId, clientSecret: application.secret });

async function signedIn(scene: Scene): Promise<{ client: OAuth2Client; tokens: OAuth2Token }> {
  const client = clientOf(scene);
  const { redirectUri } = scene.application;
  const proof = { redirectUri, state: 'sæ+/=', codeVerifier: await generateCodeVerifier() };
  const url = await client.authorizationCode.getAuthorizeUri({ ...proof, scope: ['openid', 'profile'] });
  const back = await scene.browser.open(url, redirectUri);
  return { client, tokens: await client.authorizationCode.getTokenFromCodeRedirect(back.url, proof) };
}

export const badgateway: DrivenClient = {
  name: '@badgateway/oauth2-client',
  missing: {
    'id token': 'hands the token on unread',
    logout: 'no method for it',
    device: 'no such grant',
  },
  steps: {
    discovery: async (scene) => {
      const client = clientOf(scene);
      expect(await client.getEndpoint('tokenEndpoint')).toBe(`${scene.issuer}/o/token/`);
      expect(await client.getEndpoint('revocationEndpoint')).toBe(`${scene.issuer}/o/revoke_token/`);
    },
    'code + PKCE': async (scene) => {
      const { tokens } = await signedIn(scene);
      expect(tokens.expiresAt).toBeGreaterThan(Date.now());
      expect(await opens(scene, tokens.accessToken)).toBe(true);
    },
    refresh: async (scene) => {
      const { client, tokens } = await signedIn(scene);
      const next = await client.refreshToken(tokens);
      expect(next.refreshToken).not.toBe(tokens.refreshToken);
      expect(await opens(scene, next.accessToken)).toBe(true);
    },
    revoke: async (scene) => {
      const { client, tokens } = await signedIn(scene);
      await client.revoke(tokens, 'refresh_token');
      expect(await opens(scene, tokens.accessToken)).toBe(false);
    },
    introspect: async (scene) => {
      const { client, tokens } = await signedIn(scene);
      expect(await client.introspect(tokens)).toMatchObject({ active: true, sub: scene.userId });
    },
    'client credentials': async (scene) => {
      const client = clientOf(scene);
      const tokens = await client.clientCredentials({ scope: ['directory:read'] });
      expect(tokens.scope).toEqual(['directory:read']);
      expect(await client.introspect(tokens)).toMatchObject({ active: true, sub: scene.application.clientId });
    },
  },
};
