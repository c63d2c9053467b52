import { AuthorizationCode, ClientCredentials, type ModuleOptions } from 'simple-oauth2';
import { pkce } from '../applications.js';
import { type DrivenClient, opens, type Scene } from './driven-client.js';

const optionsOf = ({ issuer, application }: Scene): ModuleOptions => ({
  client: { id: application.clientId, secret: application.secret },
  auth: { tokenHost: issuer, tokenPath: '/o/token/', revokePath: '/o/revoke_token/' },
});

async function signedIn(scene: Scene) {
  const { auth, ...rest } = optionsOf(scene);
  const client = new AuthorizationCode({ ...rest, auth: { ...auth, authorizePath: '/o/authorize/' } });
  const { verifier, challenge } = pkce();
  const redirectUri = scene.application.redirectUri;
  const proof = { code_challenge: challenge, code_challenge_method: 'S256' };
  const url = client.authorizeURL({ redirect_uri: redirectUri, scope: ['profile', 'openid'], state: 's', ...proof });
  const back = await scene.browser.open(url, redirectUri);
  expect(back.url.searchParams.get('state')).toBe('s');
  const code = back.url.searchParams.get('code') ?? '';
  const parameters = { code, redirect_uri: redirectUri, code_verifier: verifier };
  return client.getToken(parameters);
}

const accessTokenOf = ({ token }: { token: Record<string, unknown> }): string => String(token.access_token);

export const simpleOauth2: DrivenClient = {
  name: 'simple-oauth2',
  missing: {
    discovery: 'addresses are configured',
    'id token': 'hands the token on unread',
    introspect: 'no method for it',
    logout: 'no method for it',
    device: 'no such grant',
  },
  steps: {
    'code + PKCE': async (scene) => {
      const tokens = await signedIn(scene);
      expect(tokens.expired()).toBe(false);
      expect(await opens(scene, accessTokenOf(tokens))).toBe(true);
    },
    refresh: async (scene) => {
      const tokens = await signedIn(scene);
      const next = await tokens.refresh();
      expect(next.token.refresh_token).not.toBe(tokens.token.refresh_token);
      expect(await opens(scene, accessTokenOf(next))).toBe(true);
    },
    revoke: async (scene) => {
      const tokens = await signedIn(scene);
      await tokens.revokeAll();
      expect(await opens(scene, accessTokenOf(tokens))).toBe(false);
    },
    'client credentials': async (scene) => {
      const { token } = await new ClientCredentials(optionsOf(scene)).getToken({ scope: 'directory:read' });
      expect(token).toMatchObject({ scope: 'directory:read', token_type: 'Bearer' });
      expect(token.refresh_token).toBeUndefined();
    },
  },
};
