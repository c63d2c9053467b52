import { jest } from '@jest/globals';
import { pino } from 'pino';
import { OutboxLane } from './outbox.lane.js';
import { OutboxUnavailable } from './outbox-unavailable.js';
import type { OutboxRepository } from './outbox.repository.js';
import { type OutboxEntry, OutboxService } from './outbox.service.js';

const TOPIC = 'far-away';
const HOUR_MS = 3_600_000;

/** What the table does with its rows; the statements themselves are tested on PostgreSQL. */
class Rows {
  readonly waiting = new Map<string, { attempts: number; begun: boolean }>();
  /** Most that were taken and not given back at one time. */
  mostBegun = 0;

  constructor(count: number) {
    for (let n = 0; n < count; n += 1) this.waiting.set(String(n), { attempts: 0, begun: false });
  }

  claim(topic: string, limit: number): Promise<OutboxEntry[]> {
    const taken = [...this.waiting].filter(([, { begun }]) => !begun).slice(0, limit);
    for (const [, row] of taken) Object.assign(row, { begun: true, attempts: row.attempts + 1 });
    this.mostBegun = Math.max(this.mostBegun, [...this.waiting.values()].filter(({ begun }) => begun).length);
    return Promise.resolve(taken.map(([id, { attempts }]) => ({ id, topic, key: id, payload: {}, attempts })));
  }

  giveBack(id: string): Promise<void> {
    const row = this.waiting.get(id);
    if (row) Object.assign(row, { begun: false, attempts: row.attempts - 1 });
    return Promise.resolve();
  }

  finish(id: string): Promise<void> {
    this.waiting.delete(id);
    return Promise.resolve();
  }

  nextDue(): Promise<number | null> {
    return Promise.resolve(null);
  }
}

describe('while a system is away', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([
    { name: 'a minute', awayMs: HOUR_MS / 60 },
    { name: 'an hour', awayMs: HOUR_MS },
  ])(
    '$name: it is asked every five seconds, no entry loses an attempt, and all follow at once on its return',
    async ({ awayMs }) => {
      const rows = new Rows(1000);
      const outbox = new OutboxService();
      let isAway = true;
      let asked = 0;
      let tried = 0;
      const deliver = (): Promise<void> => {
        tried += 1;
        return isAway ? Promise.reject(new OutboxUnavailable('connection refused')) : Promise.resolve();
      };
      outbox.handle(TOPIC, deliver, () => {
        asked += 1;
        return Promise.resolve(!isAway);
      });
      const lane = new OutboxLane(TOPIC, outbox, rows as unknown as OutboxRepository, pino({ level: 'silent' }), () =>
        Promise.resolve(),
      );
      lane.wake();
      await jest.advanceTimersByTimeAsync(awayMs);
      // What was under way when it went, and nothing afterwards.
      expect(tried).toBeLessThanOrEqual(8);
      expect(rows.mostBegun).toBeLessThanOrEqual(8);
      expect(asked).toBeGreaterThan(awayMs / 5000 - 2);
      expect(asked).toBeLessThan(awayMs / 5000 + 5);
      expect([...rows.waiting.values()]).toEqual(Array.from({ length: 1000 }, () => ({ attempts: 0, begun: false })));

      isAway = false;
      await jest.advanceTimersByTimeAsync(5000);
      expect([rows.waiting.size, tried <= 1008]).toEqual([0, true]);
      await lane.stop();
    },
  );
});
