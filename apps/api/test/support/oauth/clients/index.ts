import { badgateway } from './badgateway.js';
import { clientOauth2 } from './client-oauth2.js';
import type { DrivenClient } from './driven-client.js';
import { oauth4webapi } from './oauth4webapi.js';
import { openidClient } from './openid-client.js';
import { passportOauth2 } from './passport-oauth2.js';
import { simpleOauth2 } from './simple-oauth2.js';

/** Client libraries as npm has them. */
export const DRIVEN_CLIENTS: readonly DrivenClient[] = [
  openidClient,
  oauth4webapi,
  simpleOauth2,
  passportOauth2,
  badgateway,
  clientOauth2,
];
