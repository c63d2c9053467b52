import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { RequestContext } from '../context/request-context.js';
import { LOGGER } from '../logging/logger.js';

/**
 * All domain events: name → payload. Empty here; each module adds its own in `x.events.ts`:
 * `declare module '../../common/events/domain-events.js' { interface DomainEventMap { 'user.disabled': { userId: string } } }`
 */
export interface DomainEventMap {}

export type DomainEventName = keyof DomainEventMap;

/** An event together with the context of the request that caused it. */
export interface DomainEvent<K extends DomainEventName = DomainEventName> {
  readonly name: K;
  readonly payload: DomainEventMap[K];
  readonly ctx: RequestContext;
}

export type DomainEventHandler<K extends DomainEventName> = (
  payload: DomainEventMap[K],
  ctx: RequestContext,
) => void | Promise<void>;

type AnyHandler = (payload: DomainEventMap[DomainEventName], ctx: RequestContext) => void | Promise<void>;

/**
 * Tells the rest of the process what has been committed. Handlers start in the order in which they were registered and
 * run on their own: one that fails stops neither the others nor the request, and is logged. What must survive a crash
 * belongs in the outbox, inside the transaction.
 */
@Injectable()
export class DomainEvents implements OnApplicationShutdown {
  private readonly handlers = new Map<DomainEventName, Set<AnyHandler>>();
  private readonly running = new Set<Promise<void>>();

  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  /** Listens to one kind of event. @returns a function that stops listening */
  on<K extends DomainEventName>(name: K, handler: DomainEventHandler<K>): () => void {
    const set = this.handlers.get(name) ?? new Set<AnyHandler>();
    this.handlers.set(name, set);
    // The map is keyed by name, so a handler only ever meets payloads of its own event.
    const kept = handler as unknown as AnyHandler;
    set.add(kept);
    return () => set.delete(kept);
  }

  /** Delivers an event now. Only for what is already committed; inside a transaction use `tx.emit`. */
  publish<K extends DomainEventName>(name: K, payload: DomainEventMap[K], ctx: RequestContext): void {
    for (const handler of this.handlers.get(name) ?? []) this.start(name, handler, payload, ctx);
  }

  /** Waits until all handlers that have been started are done, those that they started included. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  private start(
    name: DomainEventName,
    handler: AnyHandler,
    payload: DomainEventMap[DomainEventName],
    ctx: RequestContext,
  ): void {
    const failed = (err: unknown): void => {
      this.logger.error({ err, event: name, requestId: ctx.requestId }, 'an event handler failed');
    };
    try {
      const result = handler(payload, ctx);
      if (result === undefined) return;
      const done: Promise<void> = result.catch(failed).finally(() => this.running.delete(done));
      this.running.add(done);
    } catch (err) {
      failed(err);
    }
  }
}
