import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientToServerEvents, ServerToClientEvents } from '@besedka/contracts/realtime';
import { Server } from 'socket.io';
import { watch } from 'vue';
import { ApiError } from '../api/errors';
import { createRealtimeClient, type ConnectionState, type RealtimeClient } from './socket';

/** The three things of a browser that the client looks at. */
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
const view = new EventTarget();
Object.assign(globalThis, {
  document: page,
  addEventListener: view.addEventListener.bind(view),
  removeEventListener: view.removeEventListener.bind(view),
});
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true });

let http: HttpServer;
let server: Server<ClientToServerEvents, ServerToClientEvents>;
let client: RealtimeClient | undefined;
let port: number;
let signedIn: boolean;
let refreshes: number;
let ended: string[];

async function listen(at = 0): Promise<void> {
  http = createServer();
  server = new Server(http, { path: '/socket.io', transports: ['websocket'] });
  server.use((_socket, next) => {
    if (signedIn) return next();
    next(Object.assign(new Error('unauthenticated'), { data: { code: 'unauthenticated' } }));
  });
  server.on('connection', (socket) => {
    socket.on('chat:open', ({ chatId }, ack) =>
      ack(chatId === 'mine' ? { ok: true } : { ok: false, error: { code: 'chat_not_found', retryAfter: 3 } }),
    );
  });
  await new Promise<void>((resolve) => http.listen(at, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
}

function start(refreshSession?: () => Promise<void>): RealtimeClient {
  client = createRealtimeClient({
    url: `http://127.0.0.1:${port}`,
    onSessionEnded: (reason) => ended.push(reason),
    refreshSession:
      refreshSession ??
      (() => {
        refreshes += 1;
        signedIn = true;
        return Promise.resolve();
      }),
  });
  client.start();
  return client;
}

/** Resolves when the connection gets into this state. */
function reaches(target: RealtimeClient, wanted: ConnectionState): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      target.state,
      (state) => {
        if (state !== wanted) return;
        queueMicrotask(() => stop());
        resolve();
      },
      { immediate: true, flush: 'sync' },
    );
  });
}

beforeEach(async () => {
  signedIn = true;
  refreshes = 0;
  ended = [];
  await listen();
});
afterEach(async () => {
  client?.stop();
  await server.close();
});

describe('the connection', () => {
  it('comes up, sends and takes acknowledgements', async () => {
    const realtime = start();
    expect(realtime.state.value).toBe('connecting');
    await reaches(realtime, 'online');
    await expect(realtime.emitAck('chat:open', { chatId: 'mine' })).resolves.toEqual({ ok: true });
  });

  it('turns a refusal into an ApiError with its code', async () => {
    const realtime = start();
    await reaches(realtime, 'online');
    const error: unknown = await realtime.emitAck('chat:open', { chatId: 'other' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'chat_not_found', retryAfter: 3 });
  });

  it('says `timeout` to silence and `network` while away', async () => {
    const realtime = start();
    await expect(realtime.emitAck('typing', { chatId: 'mine' })).rejects.toMatchObject({ code: 'network' });
    await reaches(realtime, 'online');
    await expect(realtime.emitAck('typing', { chatId: 'mine' }, 30)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('renews the session when the handshake is refused for it, once', async () => {
    signedIn = false;
    await reaches(start(), 'online');
    expect(refreshes).toBe(1);
  });

  it('stays down without asking again when the session has ended', async () => {
    signedIn = false;
    let asked = 0;
    await new Promise<void>((resolve) => {
      start(() => {
        asked += 1;
        queueMicrotask(resolve);
        return Promise.reject(new ApiError('session_ended', 401));
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([asked, client?.state.value]).toEqual([1, 'connecting']);
  });

  it('comes back after the server drops it and after the server was away', async () => {
    const realtime = start();
    await reaches(realtime, 'online');
    const dropped = reaches(realtime, 'connecting');
    server.disconnectSockets(true);
    await dropped;
    await reaches(realtime, 'online');

    const formerPort = port;
    await server.close();
    await reaches(realtime, 'offline');
    await listen(formerPort);
    realtime.retryNow();
    await reaches(realtime, 'online');
  }, 20_000);

  it('passes on why the server ended the session', async () => {
    const realtime = start();
    await reaches(realtime, 'online');
    const told = new Promise((resolve) => realtime.on('session:ended', resolve));
    server.emit('session:ended', { reason: 'revoked' });
    await told;
    expect(ended).toEqual(['revoked']);
  });

  it('knows at once that the browser lost the network, and that it is back', async () => {
    const realtime = start();
    await reaches(realtime, 'online');
    Object.assign(navigator, { onLine: false });
    view.dispatchEvent(new Event('offline'));
    expect(realtime.state.value).toBe('offline');
    Object.assign(navigator, { onLine: true });
    view.dispatchEvent(new Event('online'));
    await reaches(realtime, 'online');
  });
});
