import {
  ROCKETCHAT_BACKUP_BYTES_MAX,
  type RocketChatBackupEntries,
  rocketChatBackupEntries,
  type RocketChatBackupFile,
  rocketChatBackupFile,
  type RocketChatRun,
  rocketChatRun,
} from '@besedka/contracts';
import { Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { TakesUpload } from '../../../common/http/route-config.js';
import { uploadOf } from '../../../common/http/upload.js';
import { idParam } from '../../users/id-param.js';
import { BackupFiles, parseBackup } from './backup-files.js';
import { RunsService } from './runs.service.js';

/** Backups of Rocket.Chat (F05, F30). They are made, planned with and restored by runs. */
@ApiTags('rocketchat-admin')
@Controller('admin/rocketchat/backups')
export class BackupsController {
  constructor(
    private readonly files: BackupFiles,
    private readonly runs: RunsService,
  ) {}

  @Get()
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Backups that were kept before a run wrote, and those made by hand; the latest first' })
  @ApiOkResponse({ standardSchema: rocketChatBackupEntries })
  @Answers(rocketChatBackupEntries)
  async list(): Promise<RocketChatBackupEntries> {
    return { items: await this.files.list() };
  }

  @Get(':id/file')
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A backup as a file; its secrets are sealed with the key of this portal' })
  @ApiOkResponse({ standardSchema: rocketChatBackupFile })
  @Answers(rocketChatBackupFile)
  async download(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RocketChatBackupFile> {
    const file = await this.files.download(ctx, id);
    const moment = file.createdAt.slice(0, 16).replace(/[T:]/g, '-');
    reply.header('content-disposition', `attachment; filename="rocketchat-${moment}.json"`);
    return file;
  }

  @Post('plan')
  @Requires('rocketchat:manage')
  @TakesUpload()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Begin a run that plans a restore from a file (rocketchat_backup_invalid, rocketchat_run_active)',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  })
  @ApiAcceptedResponse({ standardSchema: rocketChatRun })
  @Answers(rocketChatRun)
  async plan(@Ctx() ctx: RequestContext, @Req() request: FastifyRequest): Promise<RocketChatRun> {
    const file = parseBackup(await uploadOf(request, ROCKETCHAT_BACKUP_BYTES_MAX));
    return this.runs.start(ctx, { kind: 'restore-plan' }, file);
  }
}
