import type { Provider, Type } from '@nestjs/common';
import { ChatAccounts } from './accounts.service.js';
import { ChatBrowser } from './chat-browser.js';
import { EmbedController } from './embed.controller.js';
import { EmbedService } from './embed.service.js';
import { FramePageController } from './frame-page.controller.js';
import { LoginTokenController } from './login-token.controller.js';
import { LoginTokens } from './login-tokens.service.js';
import { OAuthSignIns } from './oauth-sign-ins.js';
import { PeopleClient } from './people-client.js';
import { ServerProfiles } from './server-profile.js';
import { SignInFlow } from './sign-in-flow.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { SignOuts } from './sign-outs.service.js';

/** Signing people in to Rocket.Chat and out of it. Needs sessions and the outbox. */
export const SIGN_IN_PROVIDERS: Provider[] = [
  ChatAccounts,
  ChatBrowser,
  EmbedService,
  LoginTokens,
  OAuthSignIns,
  PeopleClient,
  ServerProfiles,
  SignInFlow,
  SignInsRepository,
  SignOuts,
];
export const SIGN_IN_CONTROLLERS: Type[] = [EmbedController, FramePageController, LoginTokenController];
