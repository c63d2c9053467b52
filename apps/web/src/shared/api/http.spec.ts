import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApiError } from './errors';
import { createHttpClient, type HttpClient, type HttpClientOptions } from './http';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
type Handler = (seen: Seen, response: ServerResponse) => void | Promise<void>;

let server: Server;
let base: string;
let handler: Handler;
let seen: Seen[];

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      seen.push(entry);
      void handler(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise<void>((resolve) => server.close(() => resolve()));
});

const json = (response: ServerResponse, status: number, body?: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    ...headers,
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
};
const problem = (response: ServerResponse, status: number, code: string, more: object = {}): void =>
  json(response, status, { type: `/errors/${code}`, title: code, status, code, requestId: 'r-1', ...more });
const failure = (promise: Promise<unknown>): Promise<ApiError> =>
  promise.then(
    () => Promise.reject(new Error('It should have failed')),
    (error: ApiError) => error,
  );
const client = (options: HttpClientOptions = {}): HttpClient => createHttpClient({ base, ...options });

/** A server whose access cookie has run out; `refresh` makes it good again. */
function expiredSession(): { refreshes: () => number; allow: (yes: boolean) => void; hold: () => () => void } {
  let fresh = false;
  let refreshes = 0;
  let allowed = true;
  let gate: Promise<void> = Promise.resolve();
  handler = async ({ url }, response) => {
    if (url === '/api/v1/auth/refresh') {
      refreshes += 1;
      await gate;
      if (!allowed) return problem(response, 401, 'session_ended');
      fresh = true;
      return json(response, 200, { sessionId: 's', expiresIn: 900 });
    }
    return fresh ? json(response, 200, { url }) : problem(response, 401, 'unauthenticated');
  };
  return {
    refreshes: () => refreshes,
    allow: (yes) => (allowed = yes),
    hold: () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return open;
    },
  };
}

describe('requests', () => {
  it('send JSON, the version as If-Match and only given query values', async () => {
    handler = (_seen, response) => json(response, 200, { ok: true });
    await client({ language: () => 'ru' }).put(
      'users/7',
      { fullName: 'Анна' },
      { version: 4, query: { q: 'а б', page: undefined, all: false } },
    );
    expect(seen[0]).toMatchObject({
      method: 'PUT',
      url: '/api/v1/users/7?q=%D0%B0+%D0%B1&all=false',
      body: '{"fullName":"Анна"}',
      headers: { 'if-match': '"4"', 'content-type': 'application/json', 'accept-language': 'ru' },
    });
  });

  it('give undefined for an empty answer', async () => {
    handler = (_seen, response) => json(response, 204);
    await expect(client().delete('users/7')).resolves.toBeUndefined();
  });
});

describe('failures', () => {
  it('carry everything the server said', async () => {
    const errors = [{ path: 'email', code: 'bad_email', message: 'bad' }];
    handler = (_seen, response) =>
      problem(response, 412, 'version_conflict', { errors, current: { version: 5 }, data: { username: 'anna' } });
    const error = await failure(client().get('users/7'));
    expect(error).toMatchObject({
      code: 'version_conflict',
      status: 412,
      requestId: 'r-1',
      fields: errors,
      current: { version: 5 },
      data: { username: 'anna' },
      retriable: false,
    });
  });

  it('tell how long to wait, from the body or the header', async () => {
    handler = (_seen, response) => json(response, 429, { code: 'rate_limited' }, { 'retry-after': '17' });
    expect(await failure(client().get('a'))).toMatchObject({ code: 'rate_limited', retryAfter: 17, retriable: true });
    handler = (_seen, response) => problem(response, 429, 'sign_in_delayed', { retryAfter: 40 });
    expect(await failure(client().get('a'))).toMatchObject({ code: 'sign_in_delayed', retryAfter: 40 });
  });

  it('without a server are `network`, also when a proxy answers for it', async () => {
    handler = (_seen, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    };
    expect(await failure(client().get('a'))).toMatchObject({ code: 'network', status: 502 });
    handler = (_seen, response) => void response.destroy();
    expect(await failure(client().get('a'))).toMatchObject({ code: 'network', status: 0 });
  });

  it('of patience are `timeout`; giving up oneself is an AbortError', async () => {
    handler = () => undefined;
    expect(await failure(client().get('a', { timeout: 20 }))).toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    const given = failure(client().get('a', { signal: controller.signal }));
    controller.abort();
    expect((await given).name).toBe('AbortError');
  });

  it('of a strange answer are `unexpected`', async () => {
    handler = (_seen, response) => void response.writeHead(200).end('<html>');
    expect(await failure(client().get('a'))).toMatchObject({ code: 'unexpected' });
  });
});

describe('an expired session', () => {
  it('is renewed once for many requests at the same time, and all succeed', async () => {
    const session = expiredSession();
    const http = client();
    const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => http.get<{ url: string }>(`things/${n}`)));
    expect(answers.map(({ url }) => url)).toEqual(Array.from({ length: 25 }, (_, n) => `/api/v1/things/${n}`));
    expect(session.refreshes()).toBe(1);
  });

  it('is renewed once by several tabs that take turns', async () => {
    const session = expiredSession();
    let turn: Promise<unknown> = Promise.resolve();
    let count = 0;
    const shared: HttpClientOptions = {
      lock: (_name, task) => {
        const mine = turn.then(task, task);
        turn = mine.catch(() => undefined);
        return mine;
      },
      refreshCount: { get: () => count, add: () => (count += 1) },
    };
    const tabs = [client(shared), client(shared), client(shared)];
    await Promise.all(tabs.map((tab) => tab.get('users/me')));
    expect(session.refreshes()).toBe(1);
  });

  it('that cannot be renewed is declared ended once, with the first refusal', async () => {
    const session = expiredSession();
    session.allow(false);
    const ended: string[] = [];
    const http = client({ onSessionEnded: (error) => ended.push(error.code) });
    const errors = await Promise.all([failure(http.get('a')), failure(http.get('b'))]);
    expect(errors.map(({ code }) => code)).toEqual(['session_ended', 'session_ended']);
    expect(ended).toEqual(['session_ended']);
    expect(session.refreshes()).toBe(1);
  });

  it('is not declared ended by a network that failed', async () => {
    handler = ({ url }, response) => {
      if (url.endsWith('/refresh')) response.destroy();
      else problem(response, 401, 'unauthenticated');
    };
    const ended: string[] = [];
    const http = client({ onSessionEnded: (error) => ended.push(error.code) });
    expect(await failure(http.get('a'))).toMatchObject({ code: 'network' });
    expect(ended).toEqual([]);
  });

  it('is not renewed twice for a request that was on its way while a neighbour renewed it', async () => {
    const session = expiredSession();
    const open = session.hold();
    const http = client();
    const first = http.get('a');
    const second = http.get('b');
    open();
    await Promise.all([first, second]);
    await http.get('c');
    expect(session.refreshes()).toBe(1);
  });

  it('is no matter for visitors: a refused sign-in is just the answer', async () => {
    handler = (_seen, response) => problem(response, 401, 'invalid_credentials');
    const ended: string[] = [];
    const http = client({ onSessionEnded: (error) => ended.push(error.code) });
    const error = await failure(http.post('auth/login', { login: 'a', password: 'b' }, { session: false }));
    expect(error.code).toBe('invalid_credentials');
    expect([seen.length, ended.length]).toEqual([1, 0]);
  });
});
