import {
  type CreateOAuthClient,
  createOAuthClient,
  type OAuthClient,
  oauthClient,
  oauthClientList,
  type OAuthClientWithSecret,
  oauthClientWithSecret,
  type PutOAuthClient,
  putOAuthClient,
} from '@besedka/contracts';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { ApiVersioned } from '../../common/http/versioned.decorator.js';
import { IfMatch, sendVersion } from '../../common/http/versions.js';
import { idParam } from '../users/id-param.js';
import { ClientAdminService } from './client-admin.service.js';

/** Administration of the applications that sign people in through us, or act by themselves. */
@ApiTags('oauth-clients')
@Controller('oauth/clients')
export class ClientsController {
  constructor(private readonly admin: ClientAdminService) {}

  @Get()
  @Requires('oauth:manage')
  @ApiOperation({ summary: 'All applications, by name' })
  @ApiOkResponse({ standardSchema: oauthClientList })
  @Answers(oauthClientList)
  async list(): Promise<{ items: OAuthClient[] }> {
    return { items: await this.admin.list() };
  }

  @Post()
  @Requires('oauth:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Register an application; the secret of a confidential one is told here and never again' })
  @ApiCreatedResponse({ standardSchema: oauthClientWithSecret })
  @Answers(oauthClientWithSecret)
  async create(
    @Ctx() ctx: RequestContext,
    @Body({ schema: createOAuthClient }) body: CreateOAuthClient,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OAuthClientWithSecret> {
    const made = await this.admin.create(ctx, body);
    sendVersion(reply, made.client);
    return made;
  }

  @Get(':id')
  @Requires('oauth:manage')
  @ApiOperation({ summary: 'One application; ETag is its version' })
  @ApiOkResponse({ standardSchema: oauthClient })
  @Answers(oauthClient)
  async get(
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OAuthClient> {
    return versioned(reply, await this.admin.get(id));
  }

  @Put(':id')
  @Requires('oauth:manage')
  @ApiVersioned()
  @ApiOperation({ summary: 'Replace everything but kind and client id; disabling stops its tokens at once' })
  @ApiOkResponse({ standardSchema: oauthClient })
  @Answers(oauthClient)
  async replace(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @IfMatch() version: number,
    @Body({ schema: putOAuthClient }) body: PutOAuthClient,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OAuthClient> {
    return versioned(reply, await this.admin.replace(ctx, id, version, body));
  }

  @Delete(':id')
  @Requires('oauth:manage')
  @ApiVersioned()
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an application with its secrets, consents and tokens' })
  @ApiNoContentResponse()
  remove(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @IfMatch() version: number,
  ): Promise<void> {
    return this.admin.remove(ctx, id, version);
  }

  @Post(':id/secrets')
  @Requires('oauth:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'A second secret, told here and never again (F20; client_secrets_full, client_is_public)',
  })
  @ApiCreatedResponse({ standardSchema: oauthClientWithSecret })
  @Answers(oauthClientWithSecret)
  async addSecret(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OAuthClientWithSecret> {
    const made = await this.admin.addSecret(ctx, id);
    sendVersion(reply, made.client);
    return made;
  }

  @Delete(':id/secrets/:secretId')
  @Requires('oauth:manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a secret; the last one stays (client_last_secret)' })
  @ApiNoContentResponse()
  removeSecret(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @Param('secretId', { schema: idParam }) secretId: string,
  ): Promise<void> {
    return this.admin.removeSecret(ctx, id, secretId);
  }

  @Delete(':id/grants')
  @Requires('oauth:manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'End all tokens that the application holds' })
  @ApiNoContentResponse()
  endTokens(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<void> {
    return this.admin.endTokens(ctx, id);
  }
}

function versioned(reply: FastifyReply, resource: OAuthClient): OAuthClient {
  sendVersion(reply, resource);
  return resource;
}
