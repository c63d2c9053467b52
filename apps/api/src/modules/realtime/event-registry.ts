import { type ClientEventName, type ClientEventPayload, clientEventSchemas } from '@besedka/contracts';
import { SetMetadata } from '@nestjs/common';
import { ACCESS_KEY, type Access } from '../../common/access/access.decorators.js';
import type { RequestContext } from '../../common/context/request-context.js';
import type { RealtimeSocket } from './socket-types.js';

const EVENT_KEY = 'besedka:socket-event';

/**
 * What a handler gets: the socket, the payload as parsed by the event's schema, and the context of this one event. What it
 * returns becomes the acknowledgement beside `ok: true`; what it throws becomes a coded refusal.
 */
export type EventHandler = (
  socket: RealtimeSocket,
  payload: ClientEventPayload<ClientEventName>,
  ctx: RequestContext,
) => Promise<object | void> | object | void;

export interface RegisteredEvent {
  readonly name: ClientEventName;
  readonly access: Access;
  readonly handler: EventHandler;
  /** The answer is a state: events for the socket wait until it is out (`RealtimePublisher.hold`). */
  readonly held: boolean;
}

interface EventMetadata {
  readonly name: ClientEventName;
  readonly held: boolean;
}

type MethodFor<E extends ClientEventName> = (
  socket: RealtimeSocket,
  payload: ClientEventPayload<E>,
  ctx: RequestContext,
) => Promise<object | void> | object | void;

/** Makes a method the handler of a client event. An access declaration (`@SignedIn()`, `@Requires()`) must stand beside it. */
export function SocketEvent<E extends ClientEventName>(name: E, options: { held?: boolean } = {}) {
  const metadata: EventMetadata = { name, held: options.held ?? false };
  return <M extends MethodFor<E>>(target: object, key: string, descriptor: TypedPropertyDescriptor<M>): void => {
    SetMetadata(EVENT_KEY, metadata)(target, key, descriptor);
  };
}

/**
 * Reads the handlers of an object.
 * @throws Error at start when a handler has no access declaration, an event has two handlers, or an event of the contracts has none
 */
export function collectEvents(owner: object): ReadonlyMap<string, RegisteredEvent> {
  const events = new Map<string, RegisteredEvent>();
  const prototype: object = Object.getPrototypeOf(owner) as object;
  for (const key of Object.getOwnPropertyNames(prototype)) {
    const method: unknown = Reflect.getOwnPropertyDescriptor(prototype, key)?.value;
    if (typeof method !== 'function') continue;
    const metadata = Reflect.getMetadata(EVENT_KEY, method) as EventMetadata | undefined;
    if (metadata === undefined) continue;
    const { name, held } = metadata;
    const access = Reflect.getMetadata(ACCESS_KEY, method) as Access | undefined;
    if (access === undefined) throw new Error(`The socket event ${name} (${key}) declares no access`);
    if (events.has(name)) throw new Error(`The socket event ${name} has two handlers`);
    // The decorator has held the method's type against the event's payload.
    events.set(name, { name, access, held, handler: method.bind(owner) as EventHandler });
  }
  const missing = Object.keys(clientEventSchemas).filter((name) => !events.has(name));
  if (missing.length > 0) throw new Error(`Socket events without a handler: ${missing.join(', ')}`);
  return events;
}
