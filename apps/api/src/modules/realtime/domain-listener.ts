import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { ChatsService } from '../chats/chats.service.js';
import { Membership } from './membership.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { SessionWatch } from './session-watch.js';
import { rooms } from './socket-types.js';

/** Turns what was committed into socket events. Each is one broadcast, whatever the number of members. */
@Injectable()
export class DomainListener implements OnModuleInit {
  constructor(
    private readonly events: DomainEvents,
    private readonly publisher: RealtimePublisher,
    private readonly sessions: SessionWatch,
    private readonly membership: Membership,
    private readonly chats: ChatsService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.listenToChats();
    this.listenToRocketChat();
    this.listenToAccounts();
  }

  /** What is told of a chat is emitted before its handler returns: per chat, events leave in the order in which they were published. */
  private listenToChats(): void {
    const { events, publisher } = this;
    events.on('chats.message-new', (payload) =>
      publisher.emit(rooms.chat(payload.message.chatId), 'message:new', payload),
    );
    events.on('chats.message-edited', (payload) =>
      publisher.emit(rooms.chat(payload.message.chatId), 'message:edited', payload),
    );
    events.on('chats.message-deleted', (payload) =>
      publisher.emit(rooms.chat(payload.message.chatId), 'message:deleted', payload),
    );
    events.on('chats.changed', (payload) => publisher.emit(rooms.chat(payload.chatId), 'chat:changed', payload));
    events.on('chats.members', (payload) => publisher.emit(rooms.chat(payload.chatId), 'chat:members', payload));
    events.on('chats.gone', ({ userIds, chatId, reason }) => publisher.endChat(userIds, chatId, reason));
    events.on('chats.appeared', ({ userId, chat }) => {
      publisher.joinChat(userId, chat.id);
      publisher.emit(rooms.user(userId), 'chat:new', { chat });
    });
    events.on('chats.read', ({ userId, state, peerId }) => {
      publisher.emit(rooms.user(userId), 'unread', state);
      if (peerId !== null)
        publisher.emit(rooms.user(peerId), 'peer:read', { chatId: state.chatId, seq: state.readSeq });
    });
    // One after the other, and only for those who are here: somebody may have a direct chat with everybody.
    events.on('chats.reach-changed', async ({ userIds }, ctx) => {
      for (const { chatId, peerId } of await this.chats.directPeersOf(userIds)) {
        if (publisher.isAnybodyIn(rooms.user(peerId))) await this.chats.tellAgain(ctx, chatId, peerId);
      }
    });
  }

  /** The other engine: its rooms are told per person, because each person's numbers are their own. */
  private listenToRocketChat(): void {
    const { events, publisher } = this;
    events.on('rocketchat.rooms', ({ userId, socketId, rooms: list }) =>
      publisher.emit(socketId ?? rooms.user(userId), 'rocketchat:rooms', list),
    );
    events.on('rocketchat.room', ({ userId, room }) => publisher.emit(rooms.user(userId), 'rocketchat:room', { room }));
    events.on('rocketchat.room-gone', ({ userId, roomId }) =>
      publisher.emit(rooms.user(userId), 'rocketchat:room-gone', { roomId }),
    );
    events.on('rocketchat.unread', ({ userId, state }) => publisher.emit(rooms.user(userId), 'unread', state));
  }

  private listenToAccounts(): void {
    const { events, publisher } = this;
    events.on('auth.sessions-ended', ({ userId, sessionIds, reason }) => {
      publisher.endSessions(sessionIds === 'all' ? rooms.user(userId) : sessionIds.map(rooms.session), reason);
    });
    events.on('users.profile-changed', ({ user }) => {
      for (const { data } of publisher.socketsIn(rooms.user(user.id))) data.session.summary = user;
      // Everybody shares the general channel with everybody, so the audience is everybody: one broadcast, no look-up.
      publisher.emit(null, 'user:changed', { user });
    });
    events.on('users.access-changed', async ({ userIds }) => {
      const here = userIds.filter((id) => publisher.isAnybodyIn(rooms.user(id)));
      if (here.length === 0) return;
      try {
        await this.sessions.checkUsers(here);
        await this.membership.reconcile(here);
      } catch (err) {
        // Nobody keeps a right because the database was away at the wrong moment: these clients come back and are asked again.
        this.logger.warn({ err, people: here.length }, 'sockets were cut because their new rights could not be read');
        publisher.closeForRestart(here.map(rooms.user));
        return;
      }
      publisher.emit(here.map(rooms.user), 'me:changed', {});
    });
  }
}
