import {
  editMessage,
  forwardMessages,
  type ForwardMessages,
  forwardResult,
  historyQuery,
  type HistoryQuery,
  message,
  type Message,
  type MessageHistory,
  messageHistory,
  messageRevisions,
  readChat,
  readState,
  type ReadState,
  sendMessage,
  type SendMessage,
  unreadChat,
} from '@besedka/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { idParam, seqParam } from './chat-params.js';
import { ForwardingService } from './forwarding.service.js';
import { MessagesService } from './messages.service.js';
import { ReadingService } from './reading.service.js';

/** The messages of a chat, named by chat and sequence, and my read pointer. */
@ApiTags('messages')
@Controller('chats/:chatId')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly forwarding: ForwardingService,
    private readonly reading: ReadingService,
  ) {}

  @Get('messages')
  @SignedIn()
  @ApiOperation({ summary: 'A page of messages, ascending: the newest, or before, after or around a sequence' })
  @ApiOkResponse({ standardSchema: messageHistory })
  @Answers(messageHistory)
  history(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Query({ schema: historyQuery }) query: HistoryQuery,
  ): Promise<MessageHistory> {
    return this.messages.history(ctx, chatId, query);
  }

  @Post('messages')
  @SignedIn()
  @RateLimit({ name: 'send', limit: (config) => config.limits.sendPerMinute, windowSeconds: 60, by: 'user' })
  @ApiOperation({
    summary:
      'Send a message; the same clientId again gives the same message (client_id_reused, user_unavailable, message_not_found)',
  })
  @ApiCreatedResponse({ standardSchema: message })
  @Answers(message)
  send(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: sendMessage }) body: SendMessage,
  ): Promise<Message> {
    return this.messages.send(ctx, { chatId, ...body });
  }

  @Patch('messages/:seq')
  @SignedIn()
  @ApiOperation({ summary: 'Change an own message; earlier texts are kept (not_message_author, message_deleted)' })
  @ApiOkResponse({ standardSchema: message })
  @Answers(message)
  edit(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Param('seq', { schema: seqParam }) seq: number,
    @Body({ schema: editMessage }) body: z.infer<typeof editMessage>,
  ): Promise<Message> {
    return this.messages.edit(ctx, { chatId, seq, body: body.body });
  }

  @Delete('messages/:seq')
  @SignedIn()
  @ApiOperation({
    summary:
      'Delete an own message, with chats:moderate anybody’s in groups and channels; answers the tombstone (message_deleted)',
  })
  @ApiOkResponse({ standardSchema: message })
  @Answers(message)
  remove(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Param('seq', { schema: seqParam }) seq: number,
  ): Promise<Message> {
    return this.messages.remove(ctx, { chatId, seq });
  }

  @Get('messages/:seq/revisions')
  @SignedIn()
  @ApiOperation({ summary: 'Earlier texts of an edited message, newest first' })
  @ApiOkResponse({ standardSchema: messageRevisions })
  @Answers(messageRevisions)
  async revisions(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Param('seq', { schema: seqParam }) seq: number,
  ): Promise<z.infer<typeof messageRevisions>> {
    return { items: await this.messages.revisions(ctx, chatId, seq) };
  }

  @Post('forward')
  @SignedIn()
  @RateLimit({ name: 'forward', limit: 60, windowSeconds: 60, by: 'user' })
  @ApiOperation({ summary: 'Copy messages of this chat to others, in their order; all or none (message_deleted)' })
  @ApiCreatedResponse({ standardSchema: forwardResult })
  @Answers(forwardResult)
  async forward(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: forwardMessages }) body: ForwardMessages,
  ): Promise<{ messages: Message[] }> {
    return { messages: await this.forwarding.forward(ctx, { chatId, ...body }) };
  }

  @Post('read')
  @SignedIn()
  @HttpCode(200)
  @ApiOperation({ summary: 'Everything up to a sequence is read; the pointer never goes back' })
  @ApiOkResponse({ standardSchema: readState })
  @Answers(readState)
  read(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: readChat }) body: z.infer<typeof readChat>,
  ): Promise<ReadState> {
    return this.reading.read(ctx, chatId, body.seq);
  }

  @Post('unread')
  @SignedIn()
  @HttpCode(200)
  @ApiOperation({ summary: 'A message and all after it are unread again' })
  @ApiOkResponse({ standardSchema: readState })
  @Answers(readState)
  unread(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: unreadChat }) body: z.infer<typeof unreadChat>,
  ): Promise<ReadState> {
    return this.reading.markUnread(ctx, chatId, body.fromSeq);
  }
}
