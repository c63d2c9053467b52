import { type CreateRole, createRole, type PutRole, putRole, type Role, role, roleList } from '@besedka/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { IfMatch, sendVersion } from '../../common/http/versions.js';
import { ApiVersioned } from '../../common/http/versioned.decorator.js';
import { RolesService } from './roles.service.js';

/** Roles: named sets of permissions. */
@ApiTags('roles')
@Controller('roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Requires('roles:read')
  @ApiOperation({ summary: 'All roles, highest first' })
  @ApiOkResponse({ standardSchema: roleList })
  @Answers(roleList)
  async list(@Ctx() ctx: RequestContext): Promise<{ items: Role[] }> {
    return { items: await this.roles.list(ctx) };
  }

  @Post()
  @Requires('roles:manage')
  @ApiOperation({ summary: 'Make a role below one’s own level (role_key_taken, role_too_high)' })
  @ApiCreatedResponse({ standardSchema: role })
  @Answers(role)
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: createRole }) body: CreateRole,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Role> {
    const made = await this.roles.create(ctx, body);
    sendVersion(reply, made);
    return made;
  }

  @Put(':key')
  @Requires('roles:manage')
  @ApiVersioned()
  @ApiOperation({ summary: 'Replace a role; of a built-in one only the title (role_built_in)' })
  @ApiOkResponse({ standardSchema: role })
  @Answers(role)
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('key') key: string,
    @IfMatch() version: number,
    @Body({ schema: putRole }) body: PutRole,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Role> {
    const changed = await this.roles.replace(ctx, key, version, body);
    sendVersion(reply, changed);
    return changed;
  }

  @Delete(':key')
  @Requires('roles:manage')
  @ApiVersioned()
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a role that nobody holds (role_in_use, role_built_in)' })
  @ApiNoContentResponse()
  remove(@Ctx() ctx: RequestContext, @Param('key') key: string, @IfMatch() version: number): Promise<void> {
    return this.roles.remove(ctx, key, version);
  }
}
