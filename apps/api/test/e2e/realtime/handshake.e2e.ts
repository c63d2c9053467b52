import { randomUUID } from 'node:crypto';
import type { SessionTokens } from '@besedka/contracts';
import { Person } from '../../support/realtime/people.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('connecting', () => {
  let app: TestApp | undefined;
  let person: Person;

  beforeAll(async () => {
    app = await createTestApp({ env: { SOCKETS_PER_USER: '3' } });
    person = await Person.local(app.url, 'test_user');
  }, 60_000);
  afterAll(() => closeTestApp(app));

  /** A browser that has signed in: its cookies and the origin it would send. */
  async function browser(): Promise<{ cookie: string }> {
    const http = app!.http();
    await http.post<SessionTokens>('/api/v1/auth/login', { login: 'store_owner', password: 'storeowner123secure' });
    return { cookie: http.cookieHeader('/socket.io/') };
  }

  it('with a bearer token gives a snapshot of what is mine', async () => {
    const socket = await person.socket();
    const [snapshot] = socket.all('snapshot');
    expect(snapshot).toMatchObject({
      userId: person.id,
      sessionId: person.sessionId,
      commit: app!.config.build.commit,
    });
    expect(snapshot!.chats.map((chat) => chat.channelKey)).toEqual(['general']);
    socket.close();
  });

  it('with the cookie of a browser, from our own origin', async () => {
    const { cookie } = await browser();
    const socket = await SocketClient.open(app!.url, { headers: { cookie, origin: app!.url } });
    expect(socket.all('snapshot')).toHaveLength(1);
    socket.close();
  });

  it('with the cookie from another site is refused: the browser would send it for anybody', async () => {
    const { cookie } = await browser();
    for (const headers of [{ cookie, origin: 'https://evil.example' }, { cookie, origin: 'null' }, { cookie }]) {
      expect(await SocketClient.refused(app!.url, { headers: headers as Record<string, string> })).toEqual({
        code: 'csrf_rejected',
      });
    }
  });

  it.each([
    ['nothing', {}],
    ['an empty token', { auth: { token: '' } }],
    ['a token that is not text', { auth: { token: { $ne: null } } }],
    ['a list', { auth: { token: ['a', 'b'] } }],
    ['noise', { auth: { token: 'noise' } }],
    ['a long token', { auth: { token: 'x'.repeat(20_000) } }],
    ['null bytes', { auth: { token: 'a\u0000b' } }],
    ['a cookie of nobody', { headers: { cookie: 'besedka_access=noise', origin: 'own' } }],
    ['a broken cookie header', { headers: { cookie: ';;;=%%%; besedka_access', origin: 'own' } }],
  ])(
    'with %s is refused by name',
    async (_what, options: { auth?: Record<string, unknown>; headers?: Record<string, string> }) => {
      const headers = options.headers && { ...options.headers, origin: app!.url };
      expect(await SocketClient.refused(app!.url, { ...options, headers })).toEqual({ code: 'unauthenticated' });
      expect(app!.logs.filter((line) => line['level'] === 'error')).toEqual([]);
    },
  );

  it('with a bad token beside a good cookie is refused: whoever names a token means that one', async () => {
    const { cookie } = await browser();
    const refusal = await SocketClient.refused(app!.url, {
      auth: { token: 'noise' },
      headers: { cookie, origin: app!.url },
    });
    expect(refusal).toEqual({ code: 'unauthenticated' });
  });

  it('with the token of an ended session is refused', async () => {
    const other = await person.again();
    await other.http('POST', 'auth/logout');
    expect(await SocketClient.refused(app!.url, { token: other.token })).toEqual({ code: 'unauthenticated' });
  });

  it('too often at once is refused with the time to wait; a place that was left is free again', async () => {
    const sockets = await Promise.all([person.socket(), person.socket(), person.socket()]);
    expect(await SocketClient.refused(app!.url, { token: person.token })).toMatchObject({
      code: 'rate_limited',
      retryAfter: 30,
    });
    const gone = sockets[0]!.gone();
    sockets[0]!.close();
    await gone;
    // The server notices the close before it reads a later handshake of the same machine, or says so once more.
    const again = await retry(() => person.socket());
    for (const socket of [again, ...sockets]) socket.close();
  });

  it('the limit of an address counts the client behind a trusted proxy, not the proxy', async () => {
    const proxied = await createTestApp({ env: { TRUSTED_PROXIES: 'loopback', SOCKETS_PER_ADDRESS: '1' } });
    try {
      const owner = await Person.local(proxied.url, 'owner');
      const from = (address: string) => ({ token: owner.token, headers: { 'x-forwarded-for': address } });
      const one = await SocketClient.open(proxied.url, from('192.0.2.1'));
      const other = await SocketClient.open(proxied.url, from('192.0.2.2'));
      expect(await SocketClient.refused(proxied.url, from('192.0.2.1'))).toMatchObject({ code: 'rate_limited' });
      // Of IPv6 one customer owns the whole network.
      const six = await SocketClient.open(proxied.url, from('2001:db8:0:7::1'));
      expect(await SocketClient.refused(proxied.url, from('2001:db8:0:7:9::2'))).toMatchObject({
        code: 'rate_limited',
      });
      const next = await SocketClient.open(proxied.url, from('2001:db8:0:8::1'));
      for (const socket of [one, other, six, next]) socket.close();
    } finally {
      await proxied.close();
    }
  });

  it('a connection outlives its access token, because it belongs to the session', async () => {
    const short = await createTestApp({ env: { ACCESS_TOKEN_SECONDS: '5' } });
    try {
      const owner = await Person.local(short.url, 'owner');
      const socket = await owner.socket();
      const expired = async (): Promise<boolean> =>
        (await SocketClient.refused(short.url, { token: owner.token }).catch(() => null)) !== null;
      while (!(await expired()));
      const general = socket.all('snapshot')[0]!.chats.find((chat) => chat.channelKey === 'general')!;
      const { message } = await socket.ask('message:send', {
        chatId: general.id,
        clientId: randomUUID(),
        body: 'still here',
      });
      expect(message.body).toBe('still here');
      socket.close();
    } finally {
      await short.close();
    }
  }, 60_000);
});

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
