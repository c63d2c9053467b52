import { CLIENT_ID_MAX } from '@besedka/contracts';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientsRepository, type OAuthClientRecord } from './clients.repository.js';
import './oauth.events.js';
import { ShortCache } from './short-cache.js';

export type { OAuthClientRecord } from './clients.repository.js';

/** Longest that another process may work with what a client was before. */
const CACHE_MS = 1_000;
/** Entries kept, unknown names included: those are free to make up. */
const CACHE_MAX = 1_000;
/** Milliseconds between two writings of "last used". */
const USES_EVERY_MS = 5_000;

/** What a `client_id` may be made of (RFC 6749 A.1, VSCHAR); anything else is unknown without a look. */
const CLIENT_ID = new RegExp(`^[\\x20-\\x7e]{1,${CLIENT_ID_MAX}}$`);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Clients as authorize, token and identity requests need them: usually without a statement. */
@Injectable()
export class ClientsService implements OnModuleInit, OnApplicationShutdown {
  private readonly byClientId: ShortCache<OAuthClientRecord | null>;
  private readonly byId: ShortCache<OAuthClientRecord | null>;
  private readonly secrets: ClientSecrets;
  private uses = { clients: new Map<string, number>(), secrets: new Map<string, number>() };
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: ClientsRepository,
    private readonly events: DomainEvents,
    config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.byClientId = new ShortCache((clientId) => repository.byClientId(clientId), CACHE_MS, CACHE_MAX);
    this.byId = new ShortCache((id) => repository.byId(id), CACHE_MS, CACHE_MAX);
    this.secrets = new ClientSecrets(config.auth.secret);
  }

  onModuleInit(): void {
    this.events.on('oauth.client-changed', () => {
      this.byClientId.clear();
      this.byId.clear();
    });
  }

  /** The client with this `client_id`, enabled or not; null when there is none. Compared exactly. */
  findByClientId(clientId: string): Promise<OAuthClientRecord | null> {
    return CLIENT_ID.test(clientId) ? this.byClientId.get(clientId) : Promise.resolve(null);
  }

  /** The client with this `id`, enabled or not; null when there is none. */
  findById(id: string): Promise<OAuthClientRecord | null> {
    return UUID.test(id) ? this.byId.get(id.toLowerCase()) : Promise.resolve(null);
  }

  /** Which of the client's secrets was presented: its id, or null for none. */
  verifySecret(client: Pick<OAuthClientRecord, 'secrets'>, secret: string): string | null {
    return this.secrets.match(client.secrets, secret);
  }

  /**
   * Notes that a client got a token just now; written some seconds later, together with all others.
   * @param id the client's `id`
   * @param secretId the secret that it proved itself by, as `verifySecret` told it
   */
  touched(id: string, secretId: string | null): void {
    const now = Date.now();
    this.uses.clients.set(id, now);
    if (secretId !== null) this.uses.secrets.set(secretId, now);
    this.timer ??= setTimeout(() => void this.flush(), USES_EVERY_MS).unref();
  }

  /** Writes what `touched` collected, and waits for it. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const uses = this.uses;
    if (uses.clients.size > 0) {
      this.uses = { clients: new Map(), secrets: new Map() };
      // A figure for people to look at: not worth a failed request or a second attempt.
      this.writing = this.writing
        .then(() => this.repository.markUsed(uses))
        .catch((err: unknown) => this.logger.warn({ err }, 'the last use of applications was not written'));
    }
    return this.writing;
  }

  /** When requests are over and the database is still there. */
  onApplicationShutdown(): Promise<void> {
    return this.flush();
  }
}
