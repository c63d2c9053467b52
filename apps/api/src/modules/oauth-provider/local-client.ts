import type { CreateOAuthClient } from '@besedka/contracts';

/** Published for everybody to read: refused in production. */
export const LOCAL_CLIENT_SECRET = 'SecureSecretKey2025BesedkaRocketChatSSO';
export const LOCAL_CLIENT_ID = 'BesedkaRocketChat2025';

/** The application that local mode begins with: a Rocket.Chat on the same machine, which does not know PKCE. */
export const LOCAL_CLIENT: CreateOAuthClient = {
  kind: 'confidential',
  name: 'Rocket.Chat',
  description: '',
  homeUrl: 'http://127.0.0.1:3000',
  firstParty: true,
  pkceRequired: false,
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'profile', 'email', 'roles', 'read', 'offline_access'],
  redirectUris: ['http://127.0.0.1:3000/_oauth/besedka'],
  postLogoutRedirectUris: [],
};
