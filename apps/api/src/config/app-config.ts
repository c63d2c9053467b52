import type { AuthConfig } from './auth.config.js';
import type { DatabaseConfig } from './database.config.js';
import type { HttpConfig } from './http.config.js';
import type { LimitsConfig } from './limits.config.js';
import type { LoggingConfig } from './logging.config.js';
import type { MailConfig } from './mail.config.js';
import type { OAuthConfig } from './oauth.config.js';
import type { OwnerConfig } from './owner.config.js';
import type { RocketChatConfig } from './rocketchat.config.js';

export type Mode = 'local' | 'production';

/** Which build is running (F22). */
export interface BuildInfo {
  readonly version: string;
  /** Commit that the running code was built from, or `unknown`. */
  readonly commit: string;
}

export interface AppConfigValues {
  readonly mode: Mode;
  /** Absolute folder of everything that is kept outside the database. */
  readonly dataDir: string;
  readonly build: BuildInfo;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly auth: AuthConfig;
  readonly oauth: OAuthConfig;
  readonly rocketChat: RocketChatConfig;
  readonly mail: MailConfig;
  readonly owner: OwnerConfig;
  readonly limits: LimitsConfig;
  readonly logging: LoggingConfig;
}

/** All settings, read once and never changed. The class is the injection token. */
export class AppConfig implements AppConfigValues {
  readonly mode: Mode;
  readonly dataDir: string;
  readonly build: BuildInfo;
  readonly http: HttpConfig;
  readonly database: DatabaseConfig;
  readonly auth: AuthConfig;
  readonly oauth: OAuthConfig;
  readonly rocketChat: RocketChatConfig;
  readonly mail: MailConfig;
  readonly owner: OwnerConfig;
  readonly limits: LimitsConfig;
  readonly logging: LoggingConfig;

  constructor(values: AppConfigValues) {
    this.mode = values.mode;
    this.dataDir = values.dataDir;
    this.build = values.build;
    this.http = values.http;
    this.database = values.database;
    this.auth = values.auth;
    this.oauth = values.oauth;
    this.rocketChat = values.rocketChat;
    this.mail = values.mail;
    this.owner = values.owner;
    this.limits = values.limits;
    this.logging = values.logging;
  }
}
