import {
  type CreateUser,
  createUser,
  type Page,
  type PatchUser,
  patchUser,
  type PutUser,
  putUser,
  type User,
  user,
  type UserListQuery,
  userListQuery,
  userPage,
} from '@besedka/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { ApiVersioned } from '../../common/http/versioned.decorator.js';
import { IfMatch, sendVersion } from '../../common/http/versions.js';
import { idParam } from './id-param.js';
import { UserAdminService } from './user-admin.service.js';

/** Administration of accounts. */
@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(private readonly admin: UserAdminService) {}

  @Get()
  @Requires('users:read')
  @ApiOperation({ summary: 'Accounts within one’s reach and one’s own: search, filters, order, keyset pages' })
  @ApiOkResponse({ standardSchema: userPage })
  @Answers(userPage)
  list(@Ctx() ctx: RequestContext, @Query({ schema: userListQuery }) query: UserListQuery): Promise<Page<User>> {
    return this.admin.list(ctx, query);
  }

  @Post()
  @Requires('users:create')
  @ApiOperation({
    summary: 'Make an account with a password, or invite by mail (username_taken, email_taken, key_account_exists)',
  })
  @ApiCreatedResponse({ standardSchema: user })
  @Answers(user)
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: createUser }) body: CreateUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return versioned(reply, await this.admin.create(ctx, body));
  }

  @Get(':id')
  @Requires('users:read')
  @ApiOperation({ summary: 'One account; ETag is its version (not_found also for one that is not within reach)' })
  @ApiOkResponse({ standardSchema: user })
  @Answers(user)
  async get(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return versioned(reply, await this.admin.get(ctx, id));
  }

  @Put(':id')
  @Requires('users:update')
  @ApiVersioned()
  @ApiOperation({ summary: 'Replace an account’s fields, roles and status (F24)' })
  @ApiOkResponse({ standardSchema: user })
  @Answers(user)
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @IfMatch() version: number,
    @Body({ schema: putUser }) body: PutUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return versioned(reply, await this.admin.update(ctx, id, version, body));
  }

  @Patch(':id')
  @Requires('users:update')
  @ApiVersioned()
  @ApiOperation({ summary: 'Change some of an account’s fields; not one’s own roles, status and e-mail (own_account)' })
  @ApiOkResponse({ standardSchema: user })
  @Answers(user)
  async update(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @IfMatch() version: number,
    @Body({ schema: patchUser }) body: PatchUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return versioned(reply, await this.admin.update(ctx, id, version, body));
  }

  @Delete(':id')
  @Requires('users:delete')
  @ApiVersioned()
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an account; its user name and e-mail are free again, its messages stay' })
  @ApiNoContentResponse()
  remove(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @IfMatch() version: number,
  ): Promise<void> {
    return this.admin.remove(ctx, id, version);
  }
}

function versioned(reply: FastifyReply, account: User): User {
  sendVersion(reply, account);
  return account;
}
