import { timingSafeEqual } from 'node:crypto';
import { type VersionInfo, versionInfo } from '@besedka/contracts';
import { Controller, Get, Header, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access/access.decorators.js';
import { bearerOf } from '../../common/access/cookies.js';
import { AppError } from '../../common/errors/app-error.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { Lifecycle } from '../../common/lifecycle/lifecycle.js';
import { HttpMetrics } from '../../common/metrics/http-metrics.js';
import { AppConfig } from '../../config/app-config.js';
import { ReadinessIndicator } from './readiness.indicator.js';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Answers for supervisors, load balancers and monitoring. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly readiness: ReadinessIndicator,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: HttpMetrics,
    private readonly config: AppConfig,
  ) {}

  @Get('livez')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether the process runs; says nothing about its neighbours' })
  @ApiOkResponse({ description: 'It runs' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether requests can be served: database reachable, not stopping; 503 otherwise' })
  @ApiOkResponse({ description: 'Ready' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    try {
      return await this.checks.check([() => this.readiness.notStopping(), () => this.readiness.database()]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Probes read the names of what is wrong; the shape is Terminus' own, the same as when all is well.
      reply.code(503).header('retry-after', '2');
      return error.getResponse();
    }
  }

  @Get('version')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What this process runs (F22)' })
  @ApiOkResponse({ standardSchema: versionInfo })
  @Answers(versionInfo)
  version(): VersionInfo {
    const { version, commit } = this.config.build;
    return {
      name: 'besedka',
      version,
      commit,
      startedAt: this.lifecycle.startedAt.toISOString(),
      node: process.version,
    };
  }

  @Get('metrics')
  @Public()
  @ApiExcludeEndpoint()
  async metricsText(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    // A stranger learns nothing, not even that the address exists.
    if (!this.mayReadMetrics(request)) throw new AppError('not_found');
    reply.header('cache-control', 'no-store').type(this.metrics.contentType);
    return this.metrics.render();
  }

  /** With METRICS_TOKEN: its bearer. Without: callers on this machine that came through no proxy. */
  private mayReadMetrics(request: FastifyRequest): boolean {
    const wanted = this.config.http.metricsToken;
    if (wanted !== null) return sameText(bearerOf(request.headers.authorization) ?? '', wanted);
    return LOOPBACK.has(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined;
  }
}

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
