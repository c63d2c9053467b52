import type { WebSocket } from 'ws';
import type { Core } from '../core.js';
import { canRead } from '../domain/messages.js';
import { subscriptionOf } from '../domain/permissions.js';
import { endToken } from '../domain/tokens.js';
import { refusal, RcError } from '../http/errors.js';
import type { LegacyFlow } from '../oauth/legacy.js';
import type { Later } from '../clock.js';
import { hashToken, randomId } from '../state/ids.js';
import type { Message, User } from '../state/model.js';
import { toEjson } from './ejson.js';
import { callMethod, login, loginResult } from './methods.js';

/** A connection on which nothing was heard for so long is asked whether it lives, in ms. */
const QUIET = 17_500;
/** How long the answer may take. */
const PATIENCE = 15_000;

interface Frame {
  msg?: string;
  id?: string;
  method?: string;
  name?: string;
  params?: unknown[];
  version?: string;
}

/** One WebSocket that speaks DDP. */
export class Connection {
  private user: User | undefined;
  private hashedToken = '';
  /** Subscription id → stream and event. */
  private readonly subs = new Map<string, { stream: string; event: string }>();
  private watch: Later | undefined;

  constructor(
    private readonly core: Core,
    private readonly socket: WebSocket,
    private readonly legacy: LegacyFlow,
    private readonly client: { ip: string; userAgent: string },
  ) {
    socket.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
    socket.on('close', () => this.watch?.cancel());
    socket.send(JSON.stringify({ server_id: '0' }));
    this.listen();
  }

  /** The account whose session this is. */
  get userId(): string | undefined {
    return this.user?._id;
  }

  /** A change of something that only this user may see. */
  notifyUser(userId: string, event: string, args: unknown[]): void {
    if (this.user?._id === userId) this.publish('stream-notify-user', `${userId}/${event}`, args);
  }

  roomMessage(roomId: string, message: Message): void {
    const user = this.user;
    const room = this.core.state.rooms.get(roomId);
    if (!user || !room) return;
    this.publish('stream-room-messages', roomId, [message]);
    const own = subscriptionOf(this.core, roomId, user._id);
    if (own) {
      const about = { roomParticipant: true, roomType: room.t, roomName: room.name };
      this.publish('stream-room-messages', '__my_messages__', [message, about]);
    }
  }

  /** The session is over: the connection goes with it, and the client finds out when it comes back. */
  signedOut(userId: string, hashedToken?: string): void {
    if (this.user?._id !== userId || (hashedToken && hashedToken !== this.hashedToken)) return;
    this.user = undefined;
    this.socket.close();
  }

  private receive(text: string): void {
    this.listen();
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      this.send({ msg: 'error', reason: 'Parse error' });
      return;
    }
    switch (frame.msg) {
      case 'connect':
        if (frame.version === '1') this.send({ msg: 'connected', session: randomId() });
        else this.send({ msg: 'failed', version: '1' });
        return;
      case 'ping':
        this.send({ msg: 'pong', ...(frame.id ? { id: frame.id } : {}) });
        return;
      case 'pong':
        return;
      case 'method':
        this.method(frame);
        return;
      case 'sub':
        this.subscribe(frame);
        return;
      case 'unsub':
        this.subs.delete(frame.id ?? '');
        this.send({ msg: 'nosub', id: frame.id });
        return;
      default:
        this.send({ msg: 'error', reason: 'Bad request', offendingMessage: frame });
    }
  }

  /** The result comes before `updated`. */
  private method({ id, method = '', params = [] }: Frame): void {
    try {
      const result = this.run(method, params);
      this.send({ msg: 'result', id, ...(result === undefined ? {} : { result }) });
    } catch (error) {
      if (!(error instanceof RcError)) throw error;
      this.send({ msg: 'result', id, error: methodError(error) });
    }
    this.send({ msg: 'updated', methods: [id] });
  }

  private run(method: string, params: unknown[]): unknown {
    const { core } = this;
    if (method === 'login') {
      const signedIn = login({ core, user: undefined, params, ...this.client }, this.legacy);
      this.user = signedIn.user;
      this.hashedToken = hashToken(signedIn.token);
      const { _id, username, emails, roles } = signedIn.user;
      this.send({ msg: 'added', collection: 'users', id: _id, fields: { username, emails, roles } });
      return loginResult(core, signedIn);
    }
    if (method === 'logout') {
      const { user, hashedToken } = this;
      this.user = undefined;
      this.subs.clear();
      const token = user?.services.resume.loginTokens.find((one) => one.hashedToken === hashedToken);
      if (user && token) endToken(core, user, token);
      return undefined;
    }
    return callMethod(method, { core, user: this.user, params, ...this.client });
  }

  private subscribe({ id = '', name = '', params = [] }: Frame): void {
    const event = String(params[0] ?? '');
    if (!this.mayHear(name, event)) {
      this.send({ msg: 'nosub', id, error: methodError(refusal('not-allowed', 'Not allowed')) });
      return;
    }
    this.subs.set(id, { stream: name, event });
    this.send({ msg: 'ready', subs: [id] });
  }

  /** What concerns one user is told to that user only: there is no stream for an admin that hears everybody. */
  private mayHear(stream: string, event: string): boolean {
    const { user, core } = this;
    switch (stream) {
      case 'stream-notify-user':
        return user !== undefined && event.split('/')[0] === user._id;
      case 'stream-room-messages': {
        const room = core.state.rooms.get(event);
        if (event === '__my_messages__') return user !== undefined;
        return user !== undefined && room !== undefined && canRead(core, room, user);
      }
      case 'stream-notify-logged':
        return user !== undefined;
      case 'stream-notify-all':
      case 'meteor.loginServiceConfiguration':
        return true;
      default:
        return false;
    }
  }

  private publish(stream: string, event: string, args: unknown[]): void {
    if (this.core.faults.find('streams-silent')) return;
    const heard = [...this.subs.values()].some((sub) => sub.stream === stream && sub.event === event);
    if (heard) this.send({ msg: 'changed', collection: stream, id: 'id', fields: { eventName: event, args } });
  }

  private send(frame: unknown): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(toEjson(frame)));
  }

  /** Starts the wait for the next sign of life. */
  private listen(): void {
    this.watch?.cancel();
    this.watch = this.core.clock.after(QUIET, () => {
      this.send({ msg: 'ping' });
      this.watch = this.core.clock.after(PATIENCE, () => this.socket.terminate());
    });
  }
}

function methodError(error: RcError): unknown {
  const { details } = error.body;
  const text = String(error.body['error'] ?? error.message);
  return {
    isClientSafe: true,
    error: error.code || 403,
    reason: text.replace(/ \[[^\]]*\]$/, ''),
    message: text,
    errorType: 'Meteor.Error',
    ...(details === undefined ? {} : { details }),
  };
}
