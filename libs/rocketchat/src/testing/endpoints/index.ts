import type { Route } from '../http/route.js';
import { chatRoutes } from './chat.js';
import { customOAuthRoutes } from './custom-oauth.js';
import { integrationRoutes } from './integrations.js';
import { loginRoutes } from './login.js';
import { roleRoutes } from './roles.js';
import { roomLifeRoutes } from './room-life.js';
import { roomMemberRoutes } from './room-members.js';
import { roomSettingRoutes } from './room-settings.js';
import { roomRoutes } from './rooms.js';
import { settingsRoutes } from './settings.js';
import { subscriptionRoutes } from './subscriptions.js';
import { userStatusRoutes } from './user-status.js';
import { userTokenRoutes } from './user-tokens.js';
import { userRoutes } from './users.js';

/** Everything under `/api/v1/`; the first that fits answers. */
export const API_ROUTES: readonly Route[] = [
  ...loginRoutes,
  ...customOAuthRoutes,
  ...settingsRoutes,
  ...userRoutes,
  ...userTokenRoutes,
  ...userStatusRoutes,
  ...roleRoutes,
  ...roomLifeRoutes,
  ...roomSettingRoutes,
  ...roomMemberRoutes,
  ...roomRoutes,
  ...subscriptionRoutes,
  ...chatRoutes,
  ...integrationRoutes,
];
