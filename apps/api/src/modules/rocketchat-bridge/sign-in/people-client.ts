import { type AuthTokens, RocketChatClient } from '@besedka/rocketchat';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';

const TIMEOUT_MS = 5_000;

/**
 * Calls in the name of people, with their own login tokens. Apart from the admin's connection: Rocket.Chat counts people's calls (ten a
 * minute for each route and address) and not the admin's, and a limit that one has used up must not hold up the other.
 */
@Injectable()
export class PeopleClient implements OnModuleDestroy {
  private client: RocketChatClient | null = null;

  constructor(private readonly config: AppConfig) {}

  /** A connection as the owner of this token; one try, never waiting for limits. */
  as(tokens: AuthTokens): RocketChatClient {
    const { apiUrl } = this.config.rocketChat;
    if (apiUrl === null) throw new Error('there is no Rocket.Chat');
    const options = { timeoutMs: TIMEOUT_MS, rateLimitWaitMs: 0, retry: { attempts: 1 } };
    this.client ??= new RocketChatClient({ baseUrl: apiUrl, ...options });
    return this.client.as(tokens);
  }

  onModuleDestroy(): void {
    this.client?.close();
  }
}
