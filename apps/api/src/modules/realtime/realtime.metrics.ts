import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { HttpMetrics } from '../../common/metrics/http-metrics.js';

/** Measurements of the socket side, beside those of HTTP at `GET /metrics`. */
@Injectable()
export class RealtimeMetrics {
  private readonly events: Counter<'event' | 'outcome'>;
  private readonly latency: Histogram<'event'>;
  private readonly handshakes: Counter<'outcome'>;
  private countSockets: () => number = () => 0;

  constructor(metrics: HttpMetrics) {
    const registers = [metrics.registry];
    const count = (): number => this.countSockets();
    new Gauge({
      name: 'socket_connections',
      help: 'Signed-in sockets connected to this process',
      registers,
      collect() {
        this.set(count());
      },
    });
    this.events = new Counter({
      name: 'socket_events_total',
      help: 'Events from clients by name and outcome (ok or the code of the refusal)',
      labelNames: ['event', 'outcome'],
      registers,
    });
    this.latency = new Histogram({
      name: 'socket_ack_duration_seconds',
      help: 'Time from the arrival of an event to its acknowledgement',
      labelNames: ['event'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    });
    this.handshakes = new Counter({
      name: 'socket_handshakes_total',
      help: 'Attempts to connect by outcome (ok or the code of the refusal)',
      labelNames: ['outcome'],
      registers,
    });
  }

  /** Tells where the number of connected sockets is read when somebody scrapes. */
  countWith(count: () => number): void {
    this.countSockets = count;
  }

  /** `event` is a name of the contracts or `unknown`: a client must not be able to make series. */
  event(event: string, outcome: string, seconds: number): void {
    this.events.inc({ event, outcome });
    this.latency.observe({ event }, seconds);
  }

  handshake(outcome: string): void {
    this.handshakes.inc({ outcome });
  }
}
