import type { ClientEventPayload, Message, Presence, ReadState, SyncResult } from '@besedka/contracts';
import { type BeforeApplicationShutdown, Inject, type OnModuleDestroy } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Logger } from 'pino';
import { SignedIn } from '../../common/access/access.decorators.js';
import type { RequestContext } from '../../common/context/request-context.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { RateLimiter } from '../../common/rate-limit/rate-limiter.js';
import { AppConfig } from '../../config/app-config.js';
import { MessagesService } from '../chats/messages.service.js';
import { ReadingService } from '../chats/reading.service.js';
import { ConnectionStart } from './connection-start.js';
import { contextOf, EventDispatcher } from './event-dispatcher.js';
import { collectEvents, type RegisteredEvent, SocketEvent } from './event-registry.js';
import { Handshake } from './handshake.js';
import { PresenceService } from './presence.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { type RealtimeServer, type RealtimeSocket, rooms } from './socket-types.js';
import { TypingService } from './typing.js';

/** Milliseconds that accepted events have to finish when the process stops; the whole stop has ten seconds. */
const DRAIN_MS = 5_000;
/** Milliseconds for the closing handshakes after that. */
const CLOSE_MS = 1_000;
/** `sync` reads whole tails: a client asks once per gap or reconnect. Half of the general limit, so 0 switches both off. */
const SYNC_SHARE = 0.5;

type Payload<E extends Parameters<typeof SocketEvent>[0]> = ClientEventPayload<E>;

/** Client events: each is one call of a service; parsing, refusals and acknowledgements are the dispatcher's. */
@WebSocketGateway()
export class RealtimeGateway
  implements
    OnGatewayInit<RealtimeServer>,
    OnGatewayConnection<RealtimeSocket>,
    OnGatewayDisconnect<RealtimeSocket>,
    OnModuleDestroy,
    BeforeApplicationShutdown
{
  /** Every client event with its access, for the sweep test. */
  readonly events: ReadonlyMap<string, RegisteredEvent>;
  /** One function for all sockets; Socket.IO calls it with the socket as `this`. */
  private readonly onEvent: (this: RealtimeSocket, name: unknown, ...args: unknown[]) => void;

  constructor(
    private readonly messages: MessagesService,
    private readonly reading: ReadingService,
    private readonly presences: PresenceService,
    private readonly typings: TypingService,
    private readonly publisher: RealtimePublisher,
    private readonly dispatcher: EventDispatcher,
    private readonly handshake: Handshake,
    private readonly start: ConnectionStart,
    private readonly domainEvents: DomainEvents,
    private readonly limiter: RateLimiter,
    private readonly config: AppConfig,
    metrics: RealtimeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.events = collectEvents(this);
    dispatcher.use(this.events);
    this.onEvent = function (name, ...args) {
      dispatcher.dispatch(this, name, args);
    };
    metrics.countWith(() => publisher.connections);
  }

  afterInit(server: RealtimeServer): void {
    this.handshake.guard(server);
    this.publisher.attach(server);
  }

  handleConnection(socket: RealtimeSocket): void {
    socket.onAny(this.onEvent);
    socket.data.ready = this.start
      .run(socket)
      .catch((err: unknown) => {
        this.logger.warn({ err }, 'a socket could not be served and was sent away to come back');
        this.publisher.closeForRestart([socket.id]);
      })
      .finally(() => {
        socket.data.ready = undefined;
      });
  }

  handleDisconnect(socket: RealtimeSocket): void {
    const { userId } = socket.data.session.principal;
    this.presences.disconnected(userId, socket.data.activeAt);
    if (this.publisher.isAnybodyIn(rooms.user(userId))) return;
    this.domainEvents.publish('realtime.disconnected', { userId }, contextOf(socket));
  }

  async onModuleDestroy(): Promise<void> {
    await this.dispatcher.drain(DRAIN_MS);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.publisher.closeAllForRestart(CLOSE_MS);
  }

  @SocketEvent('chat:open')
  @SignedIn()
  open(socket: RealtimeSocket, { chatId }: Payload<'chat:open'>): void {
    this.typings.open(socket, chatId?.toLowerCase() ?? null);
  }

  @SocketEvent('message:send')
  @SignedIn()
  async send(
    socket: RealtimeSocket,
    input: Payload<'message:send'>,
    ctx: RequestContext,
  ): Promise<{ message: Message }> {
    const limit = this.config.limits.sendPerMinute;
    this.limiter.consume({ name: 'send', limit, windowSeconds: 60 }, `user:${socket.data.session.principal.userId}`);
    this.presences.active(socket, true);
    return { message: await this.messages.send(ctx, input) };
  }

  @SocketEvent('message:edit')
  @SignedIn()
  async edit(
    _socket: RealtimeSocket,
    input: Payload<'message:edit'>,
    ctx: RequestContext,
  ): Promise<{ message: Message }> {
    return { message: await this.messages.edit(ctx, input) };
  }

  @SocketEvent('message:delete')
  @SignedIn()
  async remove(
    _socket: RealtimeSocket,
    input: Payload<'message:delete'>,
    ctx: RequestContext,
  ): Promise<{ message: Message }> {
    return { message: await this.messages.remove(ctx, input) };
  }

  @SocketEvent('chat:read')
  @SignedIn()
  async read(
    _socket: RealtimeSocket,
    { chatId, seq }: Payload<'chat:read'>,
    ctx: RequestContext,
  ): Promise<{ state: ReadState }> {
    return { state: await this.reading.read(ctx, chatId, seq) };
  }

  @SocketEvent('typing')
  @SignedIn()
  typing(socket: RealtimeSocket, { chatId }: Payload<'typing'>): Promise<void> {
    return this.typings.typing(socket, chatId.toLowerCase());
  }

  @SocketEvent('presence')
  @SignedIn()
  async presence(socket: RealtimeSocket, { active, watch }: Payload<'presence'>): Promise<{ presences: Presence[] }> {
    if (active !== undefined) this.presences.active(socket, active);
    return { presences: watch === undefined ? [] : await this.presences.watch(socket, watch) };
  }

  @SocketEvent('sync', { held: true })
  @SignedIn()
  async sync(
    socket: RealtimeSocket,
    { chats }: Payload<'sync'>,
    ctx: RequestContext,
  ): Promise<{ results: SyncResult[] }> {
    const limit = Math.ceil(this.config.limits.generalPerMinute * SYNC_SHARE);
    this.limiter.consume({ name: 'sync', limit, windowSeconds: 60 }, `user:${socket.data.session.principal.userId}`);
    return { results: await this.messages.changesSince(ctx, chats) };
  }
}
