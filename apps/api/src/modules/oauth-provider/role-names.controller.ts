import { type PutRoleNames, putRoleNames, type RoleNames, roleNames } from '@besedka/contracts';
import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { ApiVersioned } from '../../common/http/versioned.decorator.js';
import { IfMatch, sendVersion } from '../../common/http/versions.js';
import { RoleNamesService } from './role-names.service.js';

/** Role names that other applications get for our roles. */
@ApiTags('oauth-clients')
@Controller('oauth/role-names')
export class RoleNamesController {
  constructor(private readonly roleNames: RoleNamesService) {}

  @Get()
  @Requires('oauth:manage')
  @ApiOperation({ summary: 'Every role with the names that applications get for it' })
  @ApiOkResponse({ standardSchema: roleNames })
  @Answers(roleNames)
  async get(@Ctx() ctx: RequestContext, @Res({ passthrough: true }) reply: FastifyReply): Promise<RoleNames> {
    const names = await this.roleNames.get(ctx);
    sendVersion(reply, names);
    return names;
  }

  @Put()
  @Requires('oauth:manage')
  @ApiVersioned()
  @ApiOperation({ summary: 'Replace the names; roles that are left out give none (role_unknown)' })
  @ApiOkResponse({ standardSchema: roleNames })
  @Answers(roleNames)
  async replace(
    @Ctx() ctx: RequestContext,
    @IfMatch() version: number,
    @Body({ schema: putRoleNames }) body: PutRoleNames,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoleNames> {
    const names = await this.roleNames.replace(ctx, version, body);
    sendVersion(reply, names);
    return names;
  }
}
