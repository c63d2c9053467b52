import type { TestApplication } from './applications.js';

/** The client that local mode begins with. */
export const ROCKETCHAT: TestApplication = {
  id: '',
  clientId: 'BesedkaRocketChat2025',
  secret: 'SecureSecretKey2025BesedkaRocketChatSSO',
  redirectUri: 'http://127.0.0.1:3000/_oauth/besedka',
};
