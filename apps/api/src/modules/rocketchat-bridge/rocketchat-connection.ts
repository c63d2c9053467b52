import type { RocketChatClient } from '@besedka/rocketchat';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { RocketChatConnector } from './rocketchat-connector.js';

/**
 * The one connection as the bridge's admin that everything shares which runs beside requests, so that limits are counted and the sign-in
 * is done once. It is opened when first asked for and closed with the application.
 */
@Injectable()
export class RocketChatConnection implements OnModuleDestroy {
  private opened: RocketChatClient | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly connector: RocketChatConnector,
  ) {}

  /** There is a Rocket.Chat, and an account to work with. */
  get isConfigured(): boolean {
    const { apiUrl, admin } = this.config.rocketChat;
    return apiUrl !== null && admin !== null;
  }

  /** @throws StartupError when the settings do not say where and as whom */
  get client(): RocketChatClient {
    this.opened ??= this.connector.connect();
    return this.opened;
  }

  onModuleDestroy(): void {
    this.opened?.close();
  }
}
