import type { UnreadSource } from '@besedka/contracts';
import { UNREAD_SOURCES } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { HttpMetrics } from '../../../common/metrics/http-metrics.js';

/** Measurements of unread numbers out of Rocket.Chat. */
@Injectable()
export class UnreadMetrics {
  private readonly calls: Counter;
  private readonly changes: Counter;
  private readonly lag: Histogram;
  private source: () => UnreadSource = () => 'none';
  private members: () => number = () => 0;

  constructor(metrics: HttpMetrics) {
    const registers = [metrics.registry];
    const current = (): UnreadSource => this.source();
    const count = (): number => this.members();
    new Gauge({
      name: 'rocketchat_unread_source',
      help: 'Where unread numbers come from now: 1 for the source in use',
      labelNames: ['source'],
      registers,
      collect() {
        for (const source of UNREAD_SOURCES) this.set({ source }, source === current() ? 1 : 0);
      },
    });
    new Gauge({
      name: 'rocketchat_unread_members',
      help: 'Members whose rooms are followed',
      registers,
      collect() {
        this.set(count());
      },
    });
    this.calls = new Counter({
      name: 'rocketchat_unread_calls_total',
      help: 'Calls to Rocket.Chat made for unread numbers, without the change stream',
      registers,
    });
    this.changes = new Counter({
      name: 'rocketchat_unread_changes_total',
      help: 'Changes of subscriptions read from the change stream',
      registers,
    });
    this.lag = new Histogram({
      name: 'rocketchat_unread_lag_seconds',
      help: 'Time from a change of a subscription, by its own clock, to its being told',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
  }

  /** Tells where the source and the number of members are read when somebody scrapes. */
  readWith(source: () => UnreadSource, members: () => number): void {
    this.source = source;
    this.members = members;
  }

  called(): void {
    this.calls.inc();
  }

  changed(lagMs: number): void {
    this.changes.inc();
    this.lag.observe(Math.max(0, lagMs) / 1000);
  }
}
