import type { ClientToServerEvents, ServerToClientEvents, SessionEndReason } from '@besedka/contracts/realtime';
import type { ErrorCode } from '@besedka/contracts/errors';
import { io, type Socket } from 'socket.io-client';
import { ref, type Ref } from 'vue';
import { ApiError } from '../api/errors';
import { backoffDelay } from './backoff';

/** `connecting` covers the first attempt and short interruptions; `offline` that the network or server is away. */
export type ConnectionState = 'connecting' | 'online' | 'offline';

type ClientEvent = keyof ClientToServerEvents;
type Payload<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
type Answer<E extends ClientEvent> = Parameters<Parameters<ClientToServerEvents[E]>[1]>[0];
/** The successful half of an event's acknowledgement. */
export type AckOf<E extends ClientEvent> = Extract<Answer<E>, { ok: true }>;

interface UntypedSocket {
  on: (event: string, listener: unknown) => void;
  off: (event: string, listener: unknown) => void;
  timeout: (ms: number) => {
    emitWithAck: <E extends ClientEvent>(event: E, payload: Payload<E>) => Promise<Answer<E>>;
  };
}

const ACK_TIMEOUT_MS = 10_000;
/** Only after this many failed attempts in a row the person is told "offline" instead of "connecting". */
const OFFLINE_AFTER_ATTEMPTS = 2;

export interface RealtimeClient {
  state: Readonly<Ref<ConnectionState>>;
  /** Opens the connection and keeps it open until `stop`. */
  start: () => void;
  stop: () => void;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow: () => void;
  on: <E extends keyof ServerToClientEvents>(event: E, listener: ServerToClientEvents[E]) => () => void;
  /** Sends and waits for the acknowledgement; a refusal or silence is thrown as ApiError (`network`, `timeout` or the code). */
  emitAck: <E extends ClientEvent>(event: E, payload: Payload<E>, timeout?: number) => Promise<AckOf<E>>;
}

export interface RealtimeOptions {
  /** Renews the session; rejects with an ApiError, of status 401 when it has ended. */
  refreshSession: () => Promise<void>;
  /** The server has ended this session. */
  onSessionEnded: (reason: SessionEndReason) => void;
  /** Address of the server; the page's own unless told. */
  url?: string;
}

/**
 * The app's one connection to the server. Correctness never rests on it: whoever listens re-reads the truth from `snapshot`
 * and `sync` after every reconnect. It renews the session by itself when the handshake is refused for that.
 */
export function createRealtimeClient({ refreshSession, onSessionEnded, url }: RealtimeOptions): RealtimeClient {
  const state = ref<ConnectionState>('connecting');
  let attempts = 0;
  /** Handshakes refused in a row for want of a session. */
  let refusals = 0;
  let wanted = false;
  /** An attempt is under way; the library's own `active` stays true after a lost transport. */
  let opening = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url ?? '', {
    path: '/socket.io',
    transports: ['websocket'],
    autoConnect: false,
    // Attempts are timed here: the library's own do not cover refused handshakes and disconnects by the server.
    reconnection: false,
  });

  // The library types events one literal at a time; the signatures of RealtimeClient keep event, payload and answer together.
  const untyped = socket as unknown as UntypedSocket;

  function retryLater(minimum = 0): void {
    clearTimeout(timer);
    if (!wanted) return;
    state.value = attempts >= OFFLINE_AFTER_ATTEMPTS || !navigator.onLine ? 'offline' : 'connecting';
    timer = setTimeout(connect, Math.max(minimum, backoffDelay(attempts)));
    attempts += 1;
  }

  function connect(): void {
    clearTimeout(timer);
    if (!wanted || opening || socket.connected) return;
    opening = true;
    socket.connect();
  }

  function hangUp(): void {
    opening = false;
    socket.disconnect();
  }

  async function renewAndConnect(): Promise<void> {
    try {
      await refreshSession();
      connect();
    } catch (error) {
      // 401 has ended the session already, by the HTTP client; anything else is the network's fault.
      if (!(error instanceof ApiError && error.status === 401)) retryLater();
    }
  }

  socket.on('connect', () => {
    opening = false;
    attempts = 0;
    refusals = 0;
    state.value = 'online';
  });
  socket.on('disconnect', (reason) => {
    opening = false;
    if (!wanted || reason === 'io client disconnect') return;
    retryLater();
  });
  socket.on('connect_error', (error) => {
    opening = false;
    const { code, retryAfter } = refusalOf(error);
    if (code !== 'unauthenticated') return retryLater((retryAfter ?? 0) * 1000);
    // Refused again with fresh cookies: something else is wrong, so wait instead of asking in a circle.
    clearTimeout(timer);
    if (refusals === 0) void renewAndConnect();
    else timer = setTimeout(() => void renewAndConnect(), backoffDelay(refusals));
    refusals += 1;
  });
  socket.on('session:ended', ({ reason }) => {
    if (reason !== 'server_restart') onSessionEnded(reason);
  });

  const retryNow = (): void => {
    if (!wanted || socket.connected) return;
    attempts = Math.min(attempts, 1);
    connect();
  };
  const goneOffline = (): void => {
    // The browser knows before any heartbeat would: say so at once and let the next attempt wait for the network.
    if (wanted && !navigator.onLine) {
      state.value = 'offline';
      hangUp();
      retryLater();
    }
  };
  const shown = (): void => {
    if (document.visibilityState === 'visible') retryNow();
  };

  return {
    state,
    start() {
      if (wanted) return;
      wanted = true;
      attempts = 0;
      refusals = 0;
      state.value = 'connecting';
      addEventListener('online', retryNow);
      addEventListener('offline', goneOffline);
      document.addEventListener('visibilitychange', shown);
      connect();
    },
    stop() {
      wanted = false;
      clearTimeout(timer);
      removeEventListener('online', retryNow);
      removeEventListener('offline', goneOffline);
      document.removeEventListener('visibilitychange', shown);
      hangUp();
    },
    retryNow,
    on(event, listener) {
      untyped.on(event, listener);
      return () => void untyped.off(event, listener);
    },
    async emitAck(event, payload, timeout = ACK_TIMEOUT_MS) {
      if (!socket.connected) throw new ApiError('network');
      let answer: Answer<typeof event>;
      try {
        answer = await untyped.timeout(timeout).emitWithAck(event, payload);
      } catch {
        throw new ApiError(socket.connected ? 'timeout' : 'network');
      }
      if (answer.ok) return answer as AckOf<typeof event>;
      const { code, fields, retryAfter } = answer.error;
      throw new ApiError(code, 0, {
        ...(fields && { errors: fields }),
        ...(retryAfter !== undefined && { retryAfter }),
      });
    },
  };
}

function refusalOf(error: Error): { code?: ErrorCode; retryAfter?: number } {
  return (error as Error & { data?: { code?: ErrorCode; retryAfter?: number } }).data ?? {};
}
