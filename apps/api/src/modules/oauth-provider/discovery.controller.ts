import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access/access.decorators.js';
import { AppConfig } from '../../config/app-config.js';
import { providerMetadata } from './oidc-metadata.js';
import { JWKS_MAX_AGE_SECONDS } from './signing-key-times.js';
import { SigningKeysService } from './signing-keys.service.js';

const METADATA_CACHE = 'public, max-age=3600';

/** What applications read to set themselves up: addresses, abilities and keys. */
@ApiTags('oauth')
@Controller()
export class DiscoveryController {
  private readonly metadata: ReturnType<typeof providerMetadata>;

  constructor(
    private readonly keys: SigningKeysService,
    config: AppConfig,
  ) {
    this.metadata = providerMetadata(config.http.publicUrl);
  }

  @Get('.well-known/openid-configuration')
  @Public()
  @Header('cache-control', METADATA_CACHE)
  @ApiOperation({ summary: 'Metadata of the OpenID provider (OpenID Connect Discovery 1.0)' })
  @ApiOkResponse({ schema: { type: 'object' } })
  openIdConfiguration(): object {
    return this.metadata;
  }

  @Get('.well-known/oauth-authorization-server')
  @Public()
  @Header('cache-control', METADATA_CACHE)
  @ApiOperation({ summary: 'Metadata of the authorization server (RFC 8414)' })
  @ApiOkResponse({ schema: { type: 'object' } })
  authorizationServer(): object {
    return this.metadata;
  }

  @Get('o/jwks')
  @Public()
  @Header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`)
  @ApiOperation({
    summary: 'Public keys of id tokens (RFC 7517): the one in use, the next, and those whose tokens still live',
  })
  @ApiOkResponse({ schema: { type: 'object' } })
  async jwks(): Promise<object> {
    return { keys: await this.keys.published() };
  }
}
