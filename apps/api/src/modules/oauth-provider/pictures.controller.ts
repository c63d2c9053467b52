import { Controller, Get, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../common/access/access.decorators.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { AvatarsService } from '../users/avatars.service.js';
import { PictureLinks } from './picture-links.js';

/** Pictures at addresses that identity answers tell. */
@ApiExcludeController()
@Controller('o/pictures')
export class PicturesController {
  private readonly links: PictureLinks;

  constructor(
    private readonly avatars: AvatarsService,
    config: AppConfig,
  ) {
    this.links = new PictureLinks(config.auth.secret, config.http.publicUrl);
  }

  /** @throws AppError `not_found` for anything but a present picture at its own address */
  @Get(':id/:file')
  @Public()
  async get(
    @Param('id') id: string,
    @Param('file') file: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const version = this.links.read(id, file);
    if (version === null) throw new AppError('not_found');
    const content = await this.avatars.get(id, version);
    reply
      .header('cache-control', 'private, max-age=86400, immutable')
      .header('x-content-type-options', 'nosniff')
      // Other applications' pages show it.
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('content-security-policy', "default-src 'none'; sandbox");
    return new StreamableFile(content, { type: 'image/webp', length: content.length });
  }
}
