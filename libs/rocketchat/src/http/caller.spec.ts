import { RocketChatClient, type CallReport, type RocketChatClientOptions } from '../index.js';
import { ScriptedServer, SkippingClock } from '../testing/scripted-server.js';

const SERVER = new ScriptedServer();
beforeAll(() => SERVER.start());
afterAll(() => SERVER.stop());

let clock: SkippingClock;
let reports: CallReport[];
beforeEach(() => {
  SERVER.reset();
  clock = new SkippingClock();
  reports = [];
});

function client(options: Partial<RocketChatClientOptions> = {}): RocketChatClient {
  return new RocketChatClient({
    baseUrl: SERVER.url,
    credentials: { kind: 'token', userId: 'u', token: 't' },
    clock,
    random: () => 0.5,
    observe: (report) => reports.push(report),
    ...options,
  });
}

const ME = { json: { success: true, _id: 'u' } };
const MESSAGE = { json: { success: true, message: { _id: 'm', rid: 'r' } } };
/** The words of the server's own limiter. */
const tooMany = (seconds: number) => ({
  status: 429,
  json: {
    success: false,
    error: `Error, too many requests. Please slow down. You must wait ${seconds} seconds before trying this endpoint again. [error-too-many-requests]`,
  },
});

describe('a call that fails on the way', () => {
  it.each(['reset', 502, 503, 504, 500] as const)(
    'is sent again when it reads (%s), with growing pauses',
    async (how) => {
      const bad = how === 'reset' ? { instead: how } : { status: how, text: '<html>' };
      SERVER.script = () => (SERVER.seen.length < 3 ? bad : ME);
      expect(await client().auth.me()).toMatchObject({ _id: 'u' });
      expect(SERVER.seen).toHaveLength(3);
      expect(clock.sleeps).toEqual([187.5, 375]);
      expect(reports.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    },
  );

  it('gives up after as many tries as were ordered', async () => {
    SERVER.script = () => ({ status: 503, json: { success: false } });
    await expect(client({ retry: { attempts: 4 } }).auth.me()).rejects.toMatchObject({
      kind: 'unavailable',
      status: 503,
    });
    expect(SERVER.seen).toHaveLength(4);
  });

  it.each(['reset', 502, 503, 504] as const)('is never sent twice when it makes something new (%s)', async (how) => {
    SERVER.script = () => (how === 'reset' ? { instead: how } : { status: how, text: '<html>' });
    await expect(client().chat.postMessage({ roomId: 'r', text: 'once' })).rejects.toMatchObject({
      kind: how === 'reset' ? 'unreachable' : 'unavailable',
    });
    await expect(client().channels.create({ name: 'new' })).rejects.toThrow();
    expect(SERVER.seen).toHaveLength(2);
  });

  it('is sent again, whatever it is, when nobody can have heard it', async () => {
    const closed = new ScriptedServer();
    await closed.start();
    const { url } = closed;
    await closed.stop();
    await expect(client({ baseUrl: url }).chat.postMessage({ roomId: 'r', text: 'x' })).rejects.toMatchObject({
      kind: 'unreachable',
      reason: 'ECONNREFUSED',
    });
    expect(reports).toHaveLength(3);
  });

  it('is sent again when it only names a state', async () => {
    SERVER.script = () => (SERVER.seen.length < 2 ? { instead: 'reset' } : { json: { success: true } });
    await client().users.setActiveStatus('u1', false, { compared: true });
    expect(SERVER.to('users.setActiveStatus')).toHaveLength(2);
  });
});

describe('time', () => {
  it('is limited for every try, also when only the headers come', async () => {
    SERVER.script = () => ({ instead: 'silence' });
    await expect(client({ timeoutMs: 50, retry: { attempts: 2 } }).auth.me()).rejects.toMatchObject({
      kind: 'timeout',
    });
    expect(SERVER.seen).toHaveLength(2);
    await expect(client().auth.login({ user: 'u', password: 'p' }, { timeoutMs: 50 })).rejects.toMatchObject({
      kind: 'timeout',
      route: 'POST login',
    });
    expect(SERVER.to('login')).toHaveLength(1);
  });

  it('ends with the signal: while sending, while waiting for a slot, between two tries, and when the client closes', async () => {
    const stop = new AbortController();
    SERVER.script = () => {
      stop.abort(new Error('enough'));
      return { instead: 'silence' };
    };
    const rocket = client({ maxConcurrent: 1 });
    const calls = [rocket.auth.me({ signal: stop.signal }), rocket.auth.me({ signal: stop.signal })];
    for (const call of await Promise.allSettled(calls)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    }
    expect(SERVER.seen).toHaveLength(1);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted']);

    const between = new AbortController();
    SERVER.script = () => {
      between.abort(new Error('not again'));
      return { status: 503, json: {} };
    };
    await expect(client().auth.me({ signal: between.signal })).rejects.toThrow('not again');

    SERVER.script = () => {
      rocket.close();
      return { instead: 'silence' };
    };
    const closing = rocket.auth.me();
    await expect(closing).rejects.toMatchObject({ name: 'AbortError' });
    await expect(rocket.auth.me()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is shared by so many calls at once, not more', async () => {
    let now = 0;
    let most = 0;
    SERVER.script = async () => {
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
      return ME;
    };
    const rocket = client({ maxConcurrent: 3 });
    await Promise.all(Array.from({ length: 12 }, () => rocket.auth.me()));
    expect(most).toBe(3);
    expect(SERVER.seen).toHaveLength(12);
  });
});

describe('the rate limit', () => {
  /** Ten calls a minute and route, as the server counts and tells. */
  function limited(windowMs = 60_000, calls = 10) {
    const windows = new Map<string, { count: number; end: number }>();
    SERVER.script = ({ method, path }) => {
      const key = `${method} ${path}`;
      const now = clock.now();
      let window = windows.get(key);
      if (!window || window.end <= now) windows.set(key, (window = { count: 0, end: now + windowMs }));
      window.count += 1;
      const headers = {
        Date: new Date(now).toUTCString(),
        'X-RateLimit-Limit': String(calls),
        'X-RateLimit-Remaining': String(Math.max(0, calls - window.count)),
        'X-RateLimit-Reset': String(window.end),
      };
      if (window.count > calls) return { ...tooMany(Math.ceil((window.end - now) / 1000)), headers };
      return path.endsWith('/me') ? { ...ME, headers } : { ...MESSAGE, headers };
    };
  }

  it('is kept before it is met: thirty calls, not one refusal', async () => {
    limited();
    const rocket = client();
    await Promise.all(Array.from({ length: 30 }, () => rocket.auth.me()));
    expect(SERVER.seen).toHaveLength(30);
    expect(reports.filter(({ outcome }) => outcome === 'rate-limited')).toEqual([]);
    expect(Math.max(...clock.sleeps)).toBeGreaterThan(50_000);
    expect(reports.some(({ waitedMs }) => waitedMs > 50_000)).toBe(true);
  });

  it('is one per route', async () => {
    limited();
    const rocket = client();
    await Promise.all([
      ...Array.from({ length: 10 }, () => rocket.auth.me()),
      ...Array.from({ length: 10 }, () => rocket.chat.postMessage({ roomId: 'r', text: 'x' })),
    ]);
    expect(clock.sleeps).toEqual([]);
  });

  it('of others at the same address is met, and waited for as the server tells, for every call', async () => {
    SERVER.script = () => (SERVER.seen.length === 1 ? tooMany(37) : MESSAGE);
    await client().chat.postMessage({ roomId: 'r', text: 'x' });
    expect(SERVER.seen).toHaveLength(2);
    expect(clock.sleeps).toHaveLength(1);
    expect(clock.sleeps[0]).toBeGreaterThan(36_000);
    expect(clock.sleeps[0]).toBeLessThanOrEqual(37_000);
  });

  it('of a proxy is waited for by Retry-After, or a little when it tells nothing', async () => {
    SERVER.script = () =>
      SERVER.seen.length === 1 ? { status: 429, text: 'slow', headers: { 'Retry-After': '9' } } : ME;
    await client().auth.me();
    SERVER.reset();
    SERVER.script = () => (SERVER.seen.length === 1 ? { status: 429, text: 'slow' } : ME);
    await client().auth.me();
    expect(clock.sleeps.map((ms) => Math.round(ms / 1000))).toEqual([9, 5]);
  });

  it('is not waited for longer than the caller wants', async () => {
    SERVER.script = () => tooMany(50);
    const rocket = client({ rateLimitWaitMs: 60_000 });
    await expect(rocket.auth.me({ rateLimitWaitMs: 0 })).rejects.toMatchObject({ kind: 'rate-limited' });
    await expect(rocket.auth.me({ rateLimitWaitMs: 10 })).rejects.toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: expect.any(Number) as number,
    });
    expect(SERVER.seen).toHaveLength(1);
    await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(SERVER.seen).toHaveLength(2);
  });
});

describe('an answer', () => {
  it.each([
    ['a page of something else', { text: '<html>hello</html>' }],
    ['a proxy that asks for a password', { status: 401, text: '<html>sign in</html>' }],
    ['a firewall', { status: 403, text: 'blocked' }],
    ['one without what was asked for', { json: { success: true, id: 'u' } }],
  ])('that no Rocket.Chat gives is told as such: %s', async (_name, answer) => {
    SERVER.script = () => answer;
    await expect(client().auth.me()).rejects.toMatchObject({ kind: 'unexpected-answer' });
  });

  it('may have more members than we know, and is refused by place, not by value', async () => {
    SERVER.script = () => ({
      json: { success: true, update: [{ _id: 'x', rid: 'r', t: 'c', unread: 3, future: 1 }], remove: [] },
    });
    expect(await client().subscriptions.get()).toMatchObject({ update: [{ future: 1, unread: 3, roles: [] }] });
    SERVER.script = () => ({
      json: { success: true, update: [{ _id: 'x', rid: 'r', t: 'c', unread: 'secret' }], remove: [] },
    });
    await expect(client().subscriptions.get()).rejects.toThrow(/update\.0\.unread invalid_type/);
    await expect(client().subscriptions.get()).rejects.not.toThrow('secret');
  });

  it('with success false is a failure, whatever its status', async () => {
    SERVER.script = () => ({ json: { success: false, error: 'No [error-not-allowed]' } });
    await expect(client().auth.me()).rejects.toMatchObject({ kind: 'forbidden', errorType: 'error-not-allowed' });
  });

  it('is not asked for when the question does not fit', async () => {
    await expect(client().settings.set('', true)).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'request: _id too_small',
    });
    expect(SERVER.seen).toEqual([]);
  });
});
