import { WebSocket } from 'ws';
import type { AuthTokens } from './credentials.js';
import { RocketChatError } from './errors.js';
import type { OAuthCredential } from './oauth-end.js';

const ROUTE = 'DDP login';

interface Frame {
  readonly msg?: string;
  readonly id?: string;
  readonly result?: { readonly id?: string; readonly token?: string };
  readonly error?: { readonly error?: string | number; readonly reason?: string };
}

/**
 * Ends the legacy OAuth flow as Rocket.Chat's own page does: `login {oauth}` over DDP (contract 1.2, 13). The connection is closed
 * afterwards, the session lives on.
 *
 * @param baseUrl address of the server, without a slash at its end
 * @throws {RocketChatError} `unreachable` (no WebSocket: a proxy that does not upgrade), `timeout`, `unauthorized`, `second-factor`
 */
export function signInByOAuth(baseUrl: string, credential: OAuthCredential, timeoutMs = 15_000): Promise<AuthTokens> {
  const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/websocket`, { handshakeTimeout: timeoutMs });
  return new Promise<AuthTokens>((resolve, reject) => {
    const fail = (kind: RocketChatError['kind'], reason: string, errorType?: string): void =>
      reject(new RocketChatError({ kind, route: ROUTE, reason, ...(errorType !== undefined && { errorType }) }));
    const timer = setTimeout(() => fail('timeout', 'no answer'), timeoutMs);
    const send = (frame: object): void => socket.send(JSON.stringify(frame));
    socket.on('open', () => send({ msg: 'connect', version: '1', support: ['1'] }));
    socket.on('error', () => fail('unreachable', 'no WebSocket'));
    socket.on('close', () => {
      clearTimeout(timer);
      fail('unreachable', 'closed');
    });
    socket.on('message', (data: Buffer) => {
      const frame = frameOf(data);
      if (frame.msg === 'ping') send({ msg: 'pong', ...(frame.id !== undefined && { id: frame.id }) });
      if (frame.msg === 'connected') send({ msg: 'method', id: '1', method: 'login', params: [{ oauth: credential }] });
      if (frame.msg !== 'result' || frame.id !== '1') return;
      const { id, token } = frame.result ?? {};
      if (id !== undefined && token !== undefined) resolve({ userId: id, authToken: token });
      else {
        const code = String(frame.error?.error ?? 'unknown');
        fail(code === 'totp-required' ? 'second-factor' : 'unauthorized', 'login refused', code);
      }
    });
  }).finally(() => socket.close());
}

function frameOf(data: Buffer): Frame {
  try {
    return JSON.parse(data.toString('utf8')) as Frame;
  } catch {
    return {};
  }
}
