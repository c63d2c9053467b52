import { randomUUID } from 'node:crypto';
import { clientEventSchemas, type Ack, type SocketError } from '@besedka/contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { checkAccess } from '../../common/access/access-check.js';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { toAppError, validationFailed } from '../../common/errors/problem.js';
import { Lifecycle } from '../../common/lifecycle/lifecycle.js';
import { LOGGER } from '../../common/logging/logger.js';
import { RateLimiter } from '../../common/rate-limit/rate-limiter.js';
import { AppConfig } from '../../config/app-config.js';
import { type RegisteredEvent } from './event-registry.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import { RealtimePublisher } from './realtime.publisher.js';
import type { RealtimeSocket } from './socket-types.js';

type Answer = (ack: Ack<object>) => void;

/** Seconds after which a client that was refused because of a restart should try again. */
const RESTART_RETRY_SECONDS = 2;

/**
 * The one way of every client event: known name → access → rate → schema → handler → acknowledgement. A refusal is an answer,
 * never an exception on the connection; an event without an acknowledgement function is worked all the same.
 */
@Injectable()
export class EventDispatcher {
  private events: ReadonlyMap<string, RegisteredEvent> = new Map();
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly limiter: RateLimiter,
    private readonly config: AppConfig,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: RealtimeMetrics,
    private readonly publisher: RealtimePublisher,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  use(events: ReadonlyMap<string, RegisteredEvent>): void {
    this.events = events;
  }

  /** Refuses what arrives from now on and resolves when everything accepted has been answered, or after `withinMs`. */
  async drain(withinMs: number): Promise<void> {
    this.stopping = true;
    const deadline = Date.now() + withinMs;
    while (this.running.size > 0 && Date.now() < deadline) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, deadline - Date.now())));
      await Promise.race([Promise.all(this.running), late]);
      clearTimeout(timer);
    }
  }

  /** Takes one event as it came over the wire. Never throws. */
  dispatch(socket: RealtimeSocket, name: unknown, args: unknown[]): void {
    const last = args.at(-1);
    const answer = typeof last === 'function' ? (last as Answer) : null;
    const payloads = answer === null ? args : args.slice(0, -1);
    const event = typeof name === 'string' ? this.events.get(name) : undefined;
    const done: Promise<void> = this.run(socket, event, payloads, answer).finally(() => this.running.delete(done));
    this.running.add(done);
  }

  private async run(
    socket: RealtimeSocket,
    event: RegisteredEvent | undefined,
    payloads: unknown[],
    answer: Answer | null,
  ): Promise<void> {
    const startedAt = performance.now();
    let outcome = 'ok';
    let requestId = '';
    try {
      this.admit(socket, event);
      if (socket.data.ready) await socket.data.ready;
      const ctx = contextOf(socket);
      requestId = ctx.requestId;
      const payload = parse(event, payloads);
      const work = async (): Promise<object | void> => event.handler(socket, payload, ctx);
      const succeed = (result: object | void): void => answer?.({ ok: true, ...result });
      if (event.held) await this.publisher.hold(socket, work, succeed);
      else succeed(await work());
    } catch (thrown) {
      const error = toAppError(thrown);
      outcome = error.code;
      this.log(error, event, socket, requestId);
      answer?.({ ok: false, error: refusalOf(error) });
    }
    this.metrics.event(event?.name ?? 'unknown', outcome, (performance.now() - startedAt) / 1000);
  }

  /** @throws AppError when the event may not even be looked at */
  private admit(socket: RealtimeSocket, event: RegisteredEvent | undefined): asserts event is RegisteredEvent {
    if (this.stopping || this.lifecycle.draining) {
      throw new AppError('shutting_down', { retryAfter: RESTART_RETRY_SECONDS });
    }
    const { principal } = socket.data.session;
    // A socket whose session has ended is being closed; what it still sends is no longer anybody's.
    if (!socket.connected) throw new AppError('session_ended');
    this.limiter.consume(
      { name: 'socket', limit: this.config.limits.generalPerMinute, windowSeconds: 60 },
      `user:${principal.userId}`,
    );
    if (event === undefined) throw new AppError('not_found', { detail: 'There is no event of this name.' });
    checkAccess(event.access, principal);
  }

  private log(error: AppError, event: RegisteredEvent | undefined, socket: RealtimeSocket, requestId: string): void {
    if (error.status < 500 || error.code === 'shutting_down') return;
    const facts = { requestId, code: error.code, event: event?.name, userId: socket.data.session.principal.userId };
    if (error.code === 'internal') this.logger.error({ ...facts, err: error.cause ?? error }, 'socket event failed');
    else {
      const reason = error.cause instanceof Error ? error.cause.message : undefined;
      this.logger.warn({ ...facts, reason }, 'socket event refused');
    }
  }
}

/** @throws AppError `validation_failed`; anything but exactly one payload is malformed */
function parse(event: RegisteredEvent, payloads: unknown[]) {
  if (payloads.length !== 1) throw new AppError('malformed_request', { detail: 'An event has exactly one payload.' });
  const result = clientEventSchemas[event.name].safeParse(payloads[0]);
  if (!result.success) throw validationFailed(result.error.issues);
  return result.data;
}

/** The context of one event, on behalf of whoever the socket belongs to now. */
export function contextOf(socket: RealtimeSocket): RequestContext {
  const { session, locale, address, userAgent } = socket.data;
  return { requestId: randomUUID(), principal: session.principal, locale, address, userAgent };
}

/** The public part of a refusal. */
export function refusalOf(error: AppError): SocketError {
  return {
    code: error.code,
    ...(error.fields !== undefined && { fields: [...error.fields] }),
    ...(error.retryAfter !== undefined && { retryAfter: Math.max(1, Math.ceil(error.retryAfter)) }),
  };
}
