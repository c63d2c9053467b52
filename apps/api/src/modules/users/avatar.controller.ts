import { AVATAR_BYTES_MAX, type Me, me } from '@besedka/contracts';
import { Controller, Delete, Get, Param, Put, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { TakesUpload } from '../../common/http/route-config.js';
import { uploadOf } from '../../common/http/upload.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { AvatarsService } from './avatars.service.js';
import { idParam } from './id-param.js';
import { MeService } from './me.service.js';

/** Decoding a picture costs more than any other request. */
const UPLOAD_LIMIT = { name: 'avatar', limit: 20, windowSeconds: 60, by: 'user' } as const;

/** Pictures of people. */
@ApiTags('users')
@Controller('users')
export class AvatarController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly profile: MeService,
  ) {}

  @Put('me/avatar')
  @SignedIn()
  @TakesUpload()
  @RateLimit(UPLOAD_LIMIT)
  @ApiOperation({ summary: 'Set my picture: JPEG, PNG, WebP, GIF or AVIF up to 5 MiB (avatar_invalid)' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
  })
  @ApiOkResponse({ standardSchema: me })
  @Answers(me)
  async put(@Ctx() ctx: RequestContext, @Req() request: FastifyRequest): Promise<Me> {
    await this.avatars.setOwn(ctx, await uploadOf(request, AVATAR_BYTES_MAX));
    return this.profile.me(ctx);
  }

  @Delete('me/avatar')
  @SignedIn()
  @ApiOperation({ summary: 'Remove my picture' })
  @ApiOkResponse({ standardSchema: me })
  @Answers(me)
  async remove(@Ctx() ctx: RequestContext): Promise<Me> {
    await this.avatars.removeOwn(ctx);
    return this.profile.me(ctx);
  }

  @Get(':id/avatar/:file')
  @SignedIn()
  @ApiOperation({
    summary: 'A picture, 256×256 WebP; `file` is <version>.webp, so that an address never changes its content',
  })
  @ApiProduces('image/webp')
  @ApiOkResponse({ description: 'The picture' })
  async get(
    @Param('id', { schema: idParam }) id: string,
    @Param('file') file: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const version = /^(\d{1,10})\.webp$/.exec(file)?.[1];
    if (version === undefined || Number(version) > 2_147_483_647) throw new AppError('not_found');
    const content = await this.avatars.get(id, Number(version));
    reply
      .header('cache-control', 'private, max-age=31536000, immutable')
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', "default-src 'none'; sandbox");
    return new StreamableFile(content, { type: 'image/webp', length: content.length });
  }
}
