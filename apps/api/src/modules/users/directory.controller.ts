import { directoryQuery, type Page, type UserSummary, userSummaryPage } from '@besedka/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { OpenToServices, SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { UsersService } from './users.service.js';

/** People one may talk to. */
@ApiTags('users')
@Controller('directory')
export class DirectoryController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @SignedIn()
  @OpenToServices('directory:read')
  @ApiOperation({ summary: 'Active people by name, oneself left out' })
  @ApiOkResponse({ standardSchema: userSummaryPage })
  @Answers(userSummaryPage)
  list(
    @Ctx() ctx: RequestContext,
    @Query({ schema: directoryQuery }) query: z.infer<typeof directoryQuery>,
  ): Promise<Page<UserSummary>> {
    return this.users.directory(ctx, query);
  }
}
