import {
  type RocketChatRun,
  rocketChatRun,
  type RocketChatRuns,
  rocketChatRuns,
  type RocketChatStatus,
  rocketChatStatus,
  type StartRocketChatRun,
  startRocketChatRun,
} from '@besedka/contracts';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { idParam } from '../../users/id-param.js';
import { RunsService } from './runs.service.js';
import { StatusService } from './status.service.js';

/** The Integration page: how it stands, and the commands of the bridge. */
@ApiTags('rocketchat-admin')
@Controller('admin/rocketchat')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly standing: StatusService,
  ) {}

  @Get()
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'How the connection to Rocket.Chat stands' })
  @ApiOkResponse({ standardSchema: rocketChatStatus })
  @Answers(rocketChatStatus)
  status(): Promise<RocketChatStatus> {
    return this.standing.status();
  }

  @Get('runs')
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The last 20 runs, the latest first' })
  @ApiOkResponse({ standardSchema: rocketChatRuns })
  @Answers(rocketChatRuns)
  async list(): Promise<RocketChatRuns> {
    return { items: await this.runs.list() };
  }

  @Post('runs')
  @Requires('rocketchat:manage')
  @HttpCode(202)
  @ApiOperation({
    summary:
      'Begin a run, one at a time (rocketchat_run_active, with its id); ask for it by the Location. A restore or rollback ' +
      'names its plan (rocketchat_plan_needed)',
  })
  @ApiAcceptedResponse({ standardSchema: rocketChatRun })
  @Answers(rocketChatRun)
  async start(
    @Ctx() ctx: RequestContext,
    @Body({ schema: startRocketChatRun }) body: StartRocketChatRun,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RocketChatRun> {
    const run = await this.runs.start(ctx, body);
    reply.header('location', `/api/v1/admin/rocketchat/runs/${run.id}`);
    return run;
  }

  @Get('runs/:id')
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'One run: how far it is, what it found or did' })
  @ApiOkResponse({ standardSchema: rocketChatRun })
  @Answers(rocketChatRun)
  get(@Param('id', { schema: idParam }) id: string): Promise<RocketChatRun> {
    return this.runs.get(id);
  }
}
