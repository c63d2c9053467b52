import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { PrincipalQuery } from '../auth/principal.query.js';
import { LOGGER } from '../../common/logging/logger.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { SharedRights } from './shared-rights.js';
import { idsIn, rooms } from './socket-types.js';

/** Between two looks at all sessions: the longest that a missed event can matter. */
const CHECK_EVERY_MS = 60_000;

/**
 * Keeps connected sockets true to their sessions. Events end sockets at once; this also asks the database for all of them now and
 * then, so that a session that ended elsewhere (expired, ended by another process) does not live on here.
 */
@Injectable()
export class SessionWatch implements OnModuleDestroy {
  private readonly timer: NodeJS.Timeout;
  private readonly rights = new SharedRights();
  /** Numbers the checks in the order in which they began. */
  private checks = 0;

  constructor(
    private readonly sessions: PrincipalQuery,
    private readonly publisher: RealtimePublisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => {
      this.checkAll().catch((err: unknown) => this.logger.warn({ err }, 'sessions of sockets could not be checked'));
    }, CHECK_EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Checks every connected session, in one query. */
  checkAll(): Promise<void> {
    return this.check(idsIn(this.publisher.roomNames(), 'session'));
  }

  /** New rights for all sockets of these people, or the end of those whose session is over. */
  checkUsers(userIds: readonly string[]): Promise<void> {
    const ids = new Set<string>();
    for (const userId of userIds) {
      for (const { data } of this.publisher.socketsIn(rooms.user(userId))) ids.add(data.session.principal.sessionId);
    }
    return this.check([...ids]);
  }

  /**
   * Ends the sockets of those sessions that are over and gives the others the rights that they have now. Several checks may be
   * under way; what an earlier one has read never replaces what a later one has.
   */
  async check(sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    this.checks += 1;
    const asOf = this.checks;
    const live = await this.sessions.ofSessions(sessionIds);
    for (const id of sessionIds) {
      const principal = live.get(id);
      if (principal === undefined) {
        this.publisher.endSessions(rooms.session(id), 'expired');
        continue;
      }
      for (const { data } of this.publisher.socketsIn(rooms.session(id))) {
        const { session } = data;
        if (session.asOf >= asOf) continue;
        session.asOf = asOf;
        session.principal = this.rights.share({ ...principal, via: session.principal.via });
      }
    }
  }
}
