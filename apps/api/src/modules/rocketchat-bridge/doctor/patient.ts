import type { RocketChatClient } from '@besedka/rocketchat';
import type { AppConfig, BuildInfo } from '../../../config/app-config.js';
import type { Observations } from '../checks/observations.js';

/** What the doctor looks at. */
export interface Patient {
  readonly config: AppConfig;
  /** What the files on the disk are, now. */
  readonly files: BuildInfo;
  /** Set when the doctor works inside the server: what this process runs. Null: ask at its address. */
  readonly running: BuildInfo | null;
  /** Without an account, and with short patience; null: there is no Rocket.Chat. */
  readonly stranger: RocketChatClient | null;
  /** As the bridge's admin; null: no account is configured. */
  readonly admin: RocketChatClient | null;
  /** What the diagnostics of the chat see, asked once everything that it needs is well. Null: nobody can look. */
  readonly observe: (() => Promise<Observations | null>) | null;
  /** Why there is no database to ask, as the program says that would have opened it. */
  readonly databaseTrouble: string | null;
}

/** Milliseconds that any one neighbour is waited for. */
export const PATIENCE_MS = 5_000;
