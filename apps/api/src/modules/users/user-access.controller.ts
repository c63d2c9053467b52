import { invitation, type Session, sessionList } from '@besedka/contracts';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { idParam } from './id-param.js';
import { type Invitation, InvitationsService } from './invitations.service.js';
import { UserSessionsService } from './user-sessions.service.js';

/** How somebody else gets in, and out. */
@ApiTags('users')
@Controller('users/:id')
export class UserAccessController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly sessions: UserSessionsService,
  ) {}

  @Post('invite')
  @Requires('users:create')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send the activation link again; links before it stop working (user_not_invited)' })
  @ApiOkResponse({ standardSchema: invitation })
  @Answers(invitation)
  invite(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<Invitation> {
    return this.invitations.again(ctx, id);
  }

  @Get('sessions')
  @Requires('users:sessions')
  @ApiOperation({ summary: 'Where this person is signed in' })
  @ApiOkResponse({ standardSchema: sessionList })
  @Answers(sessionList)
  async list(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<{ items: Session[] }> {
    return { items: await this.sessions.list(ctx, id) };
  }

  @Delete('sessions')
  @Requires('users:sessions')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign this person out everywhere' })
  @ApiNoContentResponse()
  endAll(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<void> {
    return this.sessions.endAll(ctx, id);
  }

  @Delete('sign-in-delay')
  @Requires('users:sessions')
  @HttpCode(204)
  @ApiOperation({ summary: 'Lift the delay after failed sign-ins' })
  @ApiNoContentResponse()
  liftDelay(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<void> {
    return this.sessions.liftDelay(ctx, id);
  }
}
