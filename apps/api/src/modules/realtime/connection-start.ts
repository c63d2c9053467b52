import { Injectable } from '@nestjs/common';
import { DomainEvents } from '../../common/events/domain-events.js';
import { AppConfig } from '../../config/app-config.js';
import { ChatsService } from '../chats/chats.service.js';
import { contextOf } from './event-dispatcher.js';
import { Membership } from './membership.js';
import { PresenceService } from './presence.js';
import './realtime.events.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { SessionWatch } from './session-watch.js';
import { type RealtimeSocket, rooms } from './socket-types.js';

/** What happens between a connection and its first event: rooms, then the snapshot of everything that is the person's. */
@Injectable()
export class ConnectionStart {
  constructor(
    private readonly chats: ChatsService,
    private readonly membership: Membership,
    private readonly sessions: SessionWatch,
    private readonly presence: PresenceService,
    private readonly publisher: RealtimePublisher,
    private readonly config: AppConfig,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Rooms come first and the reading second, and what is published in between is delivered behind the snapshot: nothing falls
   * between the two.
   */
  async run(socket: RealtimeSocket): Promise<void> {
    const { userId, sessionId } = socket.data.session.principal;
    await this.publisher.hold(
      socket,
      async () => {
        await socket.join([rooms.user(userId), rooms.session(sessionId)]);
        const entering = this.membership.enter(socket, userId);
        // Once more, now that the end of the session would be heard: it may have ended while the handshake was under way.
        await Promise.all([this.sessions.check([sessionId]), entering]);
        // One after the other: a chat that ended before the second look is not listed either, one that ends later is still heard.
        await this.membership.leaveEnded(socket, userId);
        return this.chats.listAll(contextOf(socket));
      },
      (chats) => socket.emit('snapshot', { userId, sessionId, commit: this.config.build.commit, chats }),
    );
    if (!socket.connected) return;
    this.presence.connected(userId);
    // Whoever has more to tell than the snapshot does it behind it.
    this.events.publish('realtime.connected', { userId, socketId: socket.id }, contextOf(socket));
  }
}
