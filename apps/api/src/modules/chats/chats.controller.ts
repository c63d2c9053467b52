import {
  addMembers,
  type Chat,
  type ChatMember,
  chat,
  chatListQuery,
  chatMember,
  chatPage,
  createChat,
  type CreateChat,
  memberListQuery,
  memberPage,
  type MemberPage,
  type Page,
  putChatOwner,
  updateChat,
} from '@besedka/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Requires, SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { ApiVersioned } from '../../common/http/versioned.decorator.js';
import { IfMatch, sendVersion } from '../../common/http/versions.js';
import { idParam } from './chat-params.js';
import { ChatsService } from './chats.service.js';
import { MembersService } from './members.service.js';

const addedMembers = z.object({ items: z.array(chatMember) }).meta({ id: 'AddedMembers' });

/** Chats and who is in them. Somebody else's chat answers like one that does not exist (chat_not_found). */
@ApiTags('chats')
@Controller('chats')
export class ChatsController {
  constructor(
    private readonly chats: ChatsService,
    private readonly people: MembersService,
  ) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'My chats, highest first' })
  @ApiOkResponse({ standardSchema: chatPage })
  @Answers(chatPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: chatListQuery }) query: z.infer<typeof chatListQuery>,
  ): Promise<Page<Chat>> {
    return this.chats.page(ctx, query);
  }

  @Post()
  @Requires('chats:create')
  @ApiOperation({ summary: 'Start a group, or open the direct chat with a person (user_unavailable)' })
  @ApiCreatedResponse({ standardSchema: chat })
  @Answers(chat)
  create(@Ctx() ctx: RequestContext, @Body({ schema: createChat }) body: CreateChat): Promise<Chat> {
    return this.chats.create(ctx, body);
  }

  @Get(':chatId')
  @SignedIn()
  @ApiOperation({ summary: 'One of my chats' })
  @ApiOkResponse({ standardSchema: chat })
  @Answers(chat)
  async get(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Chat> {
    const found = await this.chats.get(ctx, chatId);
    sendVersion(reply, found);
    return found;
  }

  @Patch(':chatId')
  @SignedIn()
  @ApiVersioned()
  @ApiOperation({ summary: 'Rename a group; its owner or chats:moderate (not_chat_owner, chat_kind_mismatch)' })
  @ApiOkResponse({ standardSchema: chat })
  @Answers(chat)
  async rename(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @IfMatch() version: number,
    @Body({ schema: updateChat }) body: z.infer<typeof updateChat>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Chat> {
    const changed = await this.chats.rename(ctx, chatId, version, body.title);
    sendVersion(reply, changed);
    return changed;
  }

  @Delete(':chatId')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Hide a direct chat from my list until the next message; delete a group for everybody (not_chat_owner)',
  })
  @ApiNoContentResponse()
  remove(@Ctx() ctx: RequestContext, @Param('chatId', { schema: idParam }) chatId: string): Promise<void> {
    return this.chats.remove(ctx, chatId);
  }

  @Post(':chatId/leave')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Leave a group; the last one to leave takes it away (chat_kind_mismatch)' })
  @ApiNoContentResponse()
  leave(@Ctx() ctx: RequestContext, @Param('chatId', { schema: idParam }) chatId: string): Promise<void> {
    return this.people.leave(ctx, chatId);
  }

  @Get(':chatId/members')
  @SignedIn()
  @ApiOperation({ summary: 'Members by name' })
  @ApiOkResponse({ standardSchema: memberPage })
  @Answers(memberPage)
  members(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Query({ schema: memberListQuery }) query: z.infer<typeof memberListQuery>,
  ): Promise<MemberPage> {
    return this.people.members(ctx, chatId, query);
  }

  @Post(':chatId/members')
  @SignedIn()
  @ApiOperation({ summary: 'Add people to a group; its owner (not_chat_owner, user_unavailable, chat_full)' })
  @ApiCreatedResponse({ standardSchema: addedMembers })
  @Answers(addedMembers)
  async add(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: addMembers }) body: z.infer<typeof addMembers>,
  ): Promise<{ items: ChatMember[] }> {
    return { items: await this.people.add(ctx, chatId, body.userIds) };
  }

  @Delete(':chatId/members/:userId')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove somebody from a group; its owner (not_chat_owner, not_found)' })
  @ApiNoContentResponse()
  removeMember(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Param('userId', { schema: idParam }) userId: string,
  ): Promise<void> {
    return this.people.remove(ctx, chatId, userId);
  }

  @Put(':chatId/owner')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Hand a group over to another member; its owner (not_chat_owner, user_unavailable)' })
  @ApiNoContentResponse()
  setOwner(
    @Ctx() ctx: RequestContext,
    @Param('chatId', { schema: idParam }) chatId: string,
    @Body({ schema: putChatOwner }) body: z.infer<typeof putChatOwner>,
  ): Promise<void> {
    return this.people.setOwner(ctx, chatId, body.userId);
  }
}
