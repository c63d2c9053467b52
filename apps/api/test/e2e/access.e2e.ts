import { Controller, Get, Post } from '@nestjs/common';
import { Public, Requires, SignedIn } from '../../src/common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../src/common/context/request-context.js';
import { RateLimit } from '../../src/common/rate-limit/rate-limit.decorator.js';
import { type CoreApp, createCoreApp, person } from '../support/core-app.js';

@Controller('probe')
class ProbeController {
  @Get('open')
  @Public()
  open(@Ctx() ctx: RequestContext): { user: string | null } {
    return { user: ctx.principal?.username ?? null };
  }

  @Get('maybe')
  @Public({ principal: 'optional' })
  maybe(@Ctx() ctx: RequestContext): { user: string | null; via: string | null } {
    return { user: ctx.principal?.username ?? null, via: ctx.principal?.via ?? null };
  }

  @Get('mine')
  @SignedIn()
  mine(@Ctx() ctx: RequestContext): { user: string | null; via: string | null } {
    return { user: ctx.principal?.username ?? null, via: ctx.principal?.via ?? null };
  }

  @Get('users')
  @Requires('users:read', 'users:update')
  users(): { ok: true } {
    return { ok: true };
  }

  @Post('write')
  @SignedIn()
  write(): { ok: true } {
    return { ok: true };
  }

  @Post('sign-in')
  @Public()
  signIn(): { ok: true } {
    return { ok: true };
  }

  @Get('limited')
  @Public()
  @RateLimit({ name: 'probe', limit: 3, windowSeconds: 60, by: 'address' })
  limited(): { ok: true } {
    return { ok: true };
  }

  @Get('limited-per-user')
  @SignedIn()
  @RateLimit({ name: 'probe-user', limit: 2, windowSeconds: 60, by: 'user' })
  limitedPerUser(): { ok: true } {
    return { ok: true };
  }

  @Get('undeclared')
  undeclared(): { secret: true } {
    return { secret: true };
  }
}

const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
});

describe('access', () => {
  let core: CoreApp;
  beforeAll(async () => {
    core = await createCoreApp([ProbeController], {
      people: {
        reader: person({ username: 'reader', permissions: new Set(['users:read']) }),
        editor: person({ userId: 'editor', username: 'editor', permissions: new Set(['users:read', 'users:update']) }),
      },
    });
  });
  afterAll(() => core.close());

  it('refuses a route that declares nothing, whoever asks', async () => {
    for (const options of [{}, bearer('editor')]) {
      const answer = await core.http().get('/api/v1/probe/undeclared', options);
      expect(answer.status).toBe(403);
      expect(answer.json['code']).toBe('forbidden');
    }
  });

  it('opens public routes and does not even read the token there, unless asked to', async () => {
    expect((await core.http().get('/api/v1/probe/open', bearer('reader'))).json).toEqual({ user: null });
    expect((await core.http().get('/api/v1/probe/maybe', bearer('reader'))).json).toEqual({
      user: 'reader',
      via: 'bearer',
    });
    expect((await core.http().get('/api/v1/probe/maybe', bearer('expired'))).json).toEqual({ user: null, via: null });
  });

  it('asks to sign in: no token, a strange one, a malformed header', async () => {
    const refused: Record<string, string>[] = [
      {},
      { authorization: 'Bearer stranger' },
      { authorization: 'Basic cmVhZGVyOg==' },
      { authorization: 'Bearer ' },
    ];
    for (const headers of refused) {
      const answer = await core.http().get('/api/v1/probe/mine', { headers });
      expect(answer.status).toBe(401);
      expect(answer.json['code']).toBe('unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('takes the cookie as well as the header, and the header first', async () => {
    const http = core.http();
    http.setCookie('besedka_access', 'reader');
    expect((await http.get('/api/v1/probe/mine')).json).toEqual({ user: 'reader', via: 'cookie' });
    expect((await http.get('/api/v1/probe/mine', bearer('editor'))).json).toEqual({ user: 'editor', via: 'bearer' });
  });

  it('demands all permissions of a route', async () => {
    expect((await core.http().get('/api/v1/probe/users', bearer('reader'))).json['code']).toBe('forbidden');
    expect((await core.http().get('/api/v1/probe/users', bearer('editor'))).json).toEqual({ ok: true });
  });

  describe('writes from other sites', () => {
    const write = async (headers: Record<string, string>, origin: string | false, cookie = true): Promise<number> => {
      const http = core.http();
      if (cookie) http.setCookie('besedka_access', 'reader');
      return (await http.post('/api/v1/probe/write', {}, { headers, origin })).status;
    };

    it('F17 lets our own pages write', async () => {
      expect(await write({}, core.url)).toBe(201);
      expect(await write({ 'sec-fetch-site': 'same-origin' }, false)).toBe(201);
    });

    it('refuses a foreign, missing or opaque origin when cookies are carried', async () => {
      for (const origin of ['https://evil.example', 'null', `${core.url}.evil.example`, false] as const) {
        expect(await write({}, origin)).toBe(403);
      }
      expect(await write({ 'sec-fetch-site': 'cross-site' }, false)).toBe(403);
      expect(await write({ 'sec-fetch-site': 'same-site' }, false)).toBe(403);
    });

    it('exempts bearer requests, which no browser makes by itself', async () => {
      expect(await write({ authorization: 'Bearer reader' }, 'https://evil.example')).toBe(201);
    });

    it('refuses to sign a browser in from a foreign page', async () => {
      const answer = await core.http().post('/api/v1/probe/sign-in', {}, { origin: 'https://evil.example' });
      expect(answer.json['code']).toBe('csrf_rejected');
      expect((await core.http().post('/api/v1/probe/sign-in', {}, { origin: false })).status).toBe(201);
    });
  });

  it('limits by address and tells when to come back', async () => {
    for (let hit = 0; hit < 3; hit++) expect((await core.http().get('/api/v1/probe/limited')).status).toBe(200);
    const answer = await core.http().get('/api/v1/probe/limited');
    expect(answer.status).toBe(429);
    expect(answer.json).toMatchObject({ code: 'rate_limited', data: { limit: 3, windowSeconds: 60 } });
    const seconds = Number(answer.headers.get('retry-after'));
    // A third of the window for each, less what these four took.
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(20);
  });

  it('limits by user: one person at the limit does not stop another at the same address', async () => {
    const path = '/api/v1/probe/limited-per-user';
    for (let hit = 0; hit < 2; hit++) expect((await core.http().get(path, bearer('reader'))).status).toBe(200);
    expect((await core.http().get(path, bearer('reader'))).status).toBe(429);
    expect((await core.http().get(path, bearer('editor'))).status).toBe(200);
  });
});

describe('what is refused is limited too', () => {
  const people = { reader: person({ username: 'reader' }) };
  const from = (address: string, headers: Record<string, string> = {}) => ({
    headers: { 'x-forwarded-for': address, ...headers },
  });
  let core: CoreApp;
  beforeEach(async () => {
    const env = { RATE_GENERAL_PER_MINUTE: '4', TRUSTED_PROXIES: '1' };
    core = await createCoreApp([ProbeController], { people, env });
  });
  afterEach(() => core.close());
  const statuses = async (count: number, path: string, options: (n: number) => object): Promise<number[]> => {
    const seen: number[] = [];
    for (let n = 0; n < count; n += 1) seen.push((await core.http().get(`/api/v1/probe/${path}`, options(n))).status);
    return seen;
  };

  it('per address while nobody is signed in', async () => {
    const strange = { authorization: 'Bearer stranger' };
    expect(await statuses(6, 'mine', () => from('192.0.2.1', strange))).toEqual([401, 401, 401, 401, 429, 429]);
    const answer = await core.http().get('/api/v1/probe/mine', from('192.0.2.1'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statuses(1, 'mine', () => from('192.0.2.2'))).toEqual([401]);
  });

  it('per person when somebody may not', async () => {
    const mine = { authorization: 'Bearer reader' };
    expect(await statuses(5, 'users', () => from('192.0.2.1', mine))).toEqual([403, 403, 403, 403, 429]);
    expect(await statuses(1, 'mine', () => from('192.0.2.1'))).toEqual([401]);
  });

  it('by the network of IPv6 addresses, because one customer has all of it', async () => {
    const spread = (n: number) => from(`2001:db8:1:2::${n + 1}`);
    expect(await statuses(5, 'mine', spread)).toEqual([401, 401, 401, 401, 429]);
    expect(await statuses(5, 'open', (n) => from(`2001:db8:3:4::${n + 1}`))).toEqual([200, 200, 200, 200, 429]);
    expect(await statuses(1, 'open', () => from('2001:db8:3:5::1'))).toEqual([200]);
  });
});

describe('the client address', () => {
  it.each([
    ['nobody is trusted', '', '127.0.0.1'],
    ['one hop', '1', '198.51.100.7'],
    ['the loopback network', 'loopback', '198.51.100.7'],
    ['a proxy and the one before it', '127.0.0.1, 198.51.100.0/24', '203.0.113.9'],
  ])('with %s it is never the leftmost by default', async (_what, trusted, address) => {
    const core = await createCoreApp([ProbeController], { env: { TRUSTED_PROXIES: trusted } });
    try {
      await core
        .http()
        .get('/api/v1/probe/open', { headers: { 'x-forwarded-for': '192.0.2.1, 203.0.113.9, 198.51.100.7' } });
      expect(core.logs.find((line) => line['msg'] === 'request')).toMatchObject({ address });
    } finally {
      await core.close();
    }
  });
});
