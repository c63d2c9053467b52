import ClientOAuth2 from 'client-oauth2';
import { pkce } from '../applications.js';
import { type DrivenClient, opens, type Scene } from './driven-client.js';

const clientOf = ({ issuer, application }: Scene): ClientOAuth2 =>
  new ClientOAuth2({
    clientId: application.clientId,
    clientSecret: application.secret,
    accessTokenUri: `${issuer}/o/token/`,
    authorizationUri: `${issuer}/o/authorize/`,
    redirectUri: application.redirectUri,
    scopes: ['openid', 'profile'],
  });

async function signedIn(scene: Scene): Promise<ClientOAuth2.Token> {
  const client = clientOf(scene);
  const { verifier, challenge } = pkce();
  // It has no PKCE of its own, but a place for parameters.
  const query = { code_challenge: challenge, code_challenge_method: 'S256' };
  const url = client.code.getUri({ state: 's+/=', query });
  const back = await scene.browser.open(url, scene.application.redirectUri);
  return client.code.getToken(back.url.href, { state: 's+/=', body: { code_verifier: verifier } });
}

export const clientOauth2: DrivenClient = {
  name: 'client-oauth2',
  missing: {
    discovery: 'addresses are configured',
    'id token': 'hands the token on unread',
    revoke: 'no method for it',
    introspect: 'no method for it',
    logout: 'no method for it',
    device: 'no such grant',
  },
  steps: {
    'code + PKCE': async (scene) => {
      const tokens = await signedIn(scene);
      expect(tokens.expired()).toBe(false);
      const { url, headers } = tokens.sign<ClientOAuth2.RequestObject>({ url: `${scene.issuer}/o/userinfo/` });
      const answer = await fetch(url, { headers: headers as Record<string, string> });
      expect(await answer.json()).toMatchObject({ sub: scene.userId });
    },
    refresh: async (scene) => {
      const tokens = await signedIn(scene);
      const next = await tokens.refresh();
      expect(next.refreshToken).not.toBe(tokens.refreshToken);
      expect(await opens(scene, next.accessToken)).toBe(true);
    },
    'client credentials': async (scene) => {
      const tokens = await clientOf(scene).credentials.getToken({ scopes: ['directory:read'] });
      expect(tokens.data).toMatchObject({ scope: 'directory:read' });
    },
  },
};
