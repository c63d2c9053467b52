import { Global, Module } from '@nestjs/common';
import { HttpMetrics } from './http-metrics.js';

/** The registry is shared: other modules add gauges of their own to `HttpMetrics.registry`. */
@Global()
@Module({ providers: [HttpMetrics], exports: [HttpMetrics] })
export class MetricsModule {}
