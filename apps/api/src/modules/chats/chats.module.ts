import { Module } from '@nestjs/common';
import { AccountHooksModule } from '../users/account-hooks.module.js';
import { ChannelMembership } from './channel-membership.js';
import { ChatAnnouncer } from './chat-announcer.js';
import { ChatListQuery } from './chat-list.query.js';
import { ChatsController } from './chats.controller.js';
import { ChatsRepository } from './chats.repository.js';
import { ChatsService } from './chats.service.js';
import { EndedGroups } from './ended-groups.js';
import { ForwardingService } from './forwarding.service.js';
import { MembersQuery } from './members.query.js';
import { MembersService } from './members.service.js';
import { MessageSender } from './message-sender.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { ReadingService } from './reading.service.js';

/** Chats, their members and messages, read pointers. Everything that happened is told by the events in `chats.events.ts`. */
@Module({
  imports: [AccountHooksModule],
  controllers: [ChatsController, MessagesController],
  providers: [
    ChannelMembership,
    ChatAnnouncer,
    ChatListQuery,
    ChatsRepository,
    ChatsService,
    EndedGroups,
    ForwardingService,
    MembersQuery,
    MembersService,
    MessageSender,
    MessagesRepository,
    MessagesService,
    ReadingService,
  ],
  exports: [ChatsService, MembersService, MessagesService, ReadingService, ForwardingService],
})
export class ChatsModule {}
