import { RocketChatClient, type ServerProfile } from '@besedka/rocketchat';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import type { RocketChatMode } from '../../../config/rocketchat.config.js';

/** Milliseconds for which a version is believed: servers are updated now and then. */
const FRESH_MS = 300_000;
/** Milliseconds after which a server that does not answer is asked again. */
const FAILED_MS = 5_000;
const TIMEOUT_MS = 3_000;

/** What kind of server the configured one is, asked as a stranger and remembered for a while. */
@Injectable()
export class ServerProfiles implements OnModuleDestroy {
  private client: RocketChatClient | null = null;
  private last: { readonly profile: ServerProfile | null; readonly at: number } | null = null;
  private asking: Promise<ServerProfile | null> | null = null;

  constructor(private readonly config: AppConfig) {}

  onModuleDestroy(): void {
    this.client?.close();
  }

  /** Null: it does not answer, or there is none. After an outage the last known one. */
  async current(): Promise<ServerProfile | null> {
    const { last } = this;
    if (last !== null && Date.now() - last.at < (last.profile === null ? FAILED_MS : FRESH_MS)) return last.profile;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  /** How people are signed in: as configured, else as the version can without a licence; null: that is not known yet. */
  async mode(): Promise<RocketChatMode | null> {
    const { mode } = this.config.rocketChat;
    return mode ?? (await this.current())?.signInModes[0] ?? null;
  }

  private async ask(): Promise<ServerProfile | null> {
    const { apiUrl } = this.config.rocketChat;
    if (apiUrl === null) return null;
    this.client ??= new RocketChatClient({ baseUrl: apiUrl, timeoutMs: TIMEOUT_MS, retry: { attempts: 1 } });
    const profile = await this.client.info.profile().catch(() => this.last?.profile ?? null);
    this.last = { profile, at: Date.now() };
    return profile;
  }
}
