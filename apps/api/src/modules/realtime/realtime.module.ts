import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ChatsModule } from '../chats/chats.module.js';
import { UsersModule } from '../users/users.module.js';
import { ConnectionLimits } from './connection-limits.js';
import { ConnectionStart } from './connection-start.js';
import { DomainListener } from './domain-listener.js';
import { EventDispatcher } from './event-dispatcher.js';
import { Handshake } from './handshake.js';
import { Membership } from './membership.js';
import { PresenceService } from './presence.js';
import { RealtimeGateway } from './realtime.gateway.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { SessionWatch } from './session-watch.js';
import { TypingService } from './typing.js';

/** Sockets: who may connect, what they say, what they hear. Rules of chats and accounts live in their own modules. */
@Module({
  imports: [AuthModule, ChatsModule, UsersModule],
  providers: [
    RealtimeMetrics,
    RealtimePublisher,
    ConnectionLimits,
    Handshake,
    EventDispatcher,
    SessionWatch,
    Membership,
    PresenceService,
    TypingService,
    ConnectionStart,
    DomainListener,
    RealtimeGateway,
  ],
})
export class RealtimeModule {}
