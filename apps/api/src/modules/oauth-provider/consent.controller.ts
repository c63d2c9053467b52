import {
  consentDecision,
  type ConsentInfo,
  consentInfo,
  consentQuery,
  deviceDecision,
  type DeviceInfo,
  deviceInfo,
  deviceQuery,
  type NextLocation,
  nextLocation,
} from '@besedka/contracts';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, principalOf, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { ConsentFlow } from './consent-flow.js';
import { DeviceCodes } from './device-codes.js';

/** Guessing a code that waits for somebody else costs more than it is worth (RFC 8628 5.1). */
const DEVICE_LIMIT = { name: 'oauth-user-code', limit: 20, windowSeconds: 60, by: 'user' } as const;

/** What the web app asks and says on behalf of the person whom an application sent. */
@ApiTags('oauth')
@Controller('oauth')
export class ConsentController {
  constructor(
    private readonly consents: ConsentFlow,
    private readonly devices: DeviceCodes,
  ) {}

  @Get('consent')
  @SignedIn()
  @ApiOperation({ summary: 'Who asks for what in this authorize request (oauth_request_invalid)' })
  @ApiOkResponse({ standardSchema: consentInfo })
  @Answers(consentInfo)
  info(@Query({ schema: consentQuery }) { request }: z.infer<typeof consentQuery>): Promise<ConsentInfo> {
    return this.consents.info(request);
  }

  @Post('consent')
  @SignedIn()
  @HttpCode(200)
  @ApiOperation({ summary: 'Allow it or not; answers where the browser goes next (oauth_request_invalid)' })
  @ApiOkResponse({ standardSchema: nextLocation })
  @Answers(nextLocation)
  decide(
    @Ctx() ctx: RequestContext,
    @Body({ schema: consentDecision }) { request, allow }: z.infer<typeof consentDecision>,
  ): Promise<NextLocation> {
    return this.consents.decide(ctx, request, allow);
  }

  @Get('device')
  @SignedIn()
  @RateLimit(DEVICE_LIMIT)
  @ApiOperation({ summary: 'The device that waits with this code (device_code_unknown)' })
  @ApiOkResponse({ standardSchema: deviceInfo })
  @Answers(deviceInfo)
  async device(@Query({ schema: deviceQuery }) { userCode }: z.infer<typeof deviceQuery>): Promise<DeviceInfo> {
    const device = await this.devices.waiting(userCode);
    return {
      client: { name: device.clientName, description: device.clientDescription, homeUrl: device.clientHomeUrl },
      scopes: [...device.scopes],
      expiresAt: device.expiresAt.toISOString(),
    };
  }

  @Post('device')
  @SignedIn()
  @RateLimit(DEVICE_LIMIT)
  @HttpCode(204)
  @ApiOperation({ summary: 'Allow the device or not (device_code_unknown)' })
  @ApiNoContentResponse()
  async decideDevice(
    @Ctx() ctx: RequestContext,
    @Body({ schema: deviceDecision }) { userCode, allow }: z.infer<typeof deviceDecision>,
  ): Promise<void> {
    await this.devices.decide(ctx, principalOf(ctx).userId, userCode, allow);
  }
}
