import { type OwnApplication, ownApplicationList } from '@besedka/contracts';
import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { idParam } from '../users/id-param.js';
import { OwnApplicationsService } from './own-applications.service.js';

/** The applications that I sign in to. */
@ApiTags('me')
@Controller('users/me/applications')
export class OwnApplicationsController {
  constructor(private readonly applications: OwnApplicationsService) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'What I have allowed, and where I am signed in, by name' })
  @ApiOkResponse({ standardSchema: ownApplicationList })
  @Answers(ownApplicationList)
  async list(@Ctx() ctx: RequestContext): Promise<{ items: OwnApplication[] }> {
    return { items: await this.applications.list(ctx) };
  }

  @Delete(':id')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Withdraw what I allowed and end its tokens; it has to ask again' })
  @ApiNoContentResponse()
  revoke(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<void> {
    return this.applications.revoke(ctx, id);
  }
}
