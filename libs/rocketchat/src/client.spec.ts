import { createHash } from 'node:crypto';
import { RocketChatClient, type CallReport, type RocketChatClientOptions } from './index.js';
import { ScriptedServer, SkippingClock, type Script } from './testing/scripted-server.js';

const SERVER = new ScriptedServer();
beforeAll(() => SERVER.start());
afterAll(() => SERVER.stop());

const PASSWORD = 'parol-Пароль';
let clock: SkippingClock;
let reports: CallReport[];

function client(options: Partial<RocketChatClientOptions> = {}): RocketChatClient {
  return new RocketChatClient({
    baseUrl: `${SERVER.url}/`,
    credentials: { kind: 'password', user: 'besedka.bridge', password: PASSWORD },
    clock,
    random: () => 0.5,
    observe: (report) => reports.push(report),
    ...options,
  });
}

/** Signs everybody in with token 1, 2, 3 …, of which only those in `valid` work; the rest is `next`'s. */
function signingIn(next: Script, valid: (token: string) => boolean = () => true): Script {
  let logins = 0;
  return (request) => {
    if (request.path === '/api/v1/login') {
      logins += 1;
      return { json: { status: 'success', data: { userId: 'bridge', authToken: `token-${logins}` } } };
    }
    if (!valid(request.headers['x-auth-token'] ?? '')) {
      return { status: 401, json: { status: 'error', message: 'You must be logged in to do this.' } };
    }
    return next(request);
  };
}

const ME = { json: { success: true, _id: 'bridge', username: 'besedka.bridge' } };
const REFUSED = { status: 401, json: { status: 'error', error: 'Unauthorized', message: 'Unauthorized' } };

beforeEach(() => {
  SERVER.reset();
  clock = new SkippingClock();
  reports = [];
});

describe('signing in', () => {
  it('happens once for everybody who waits, and once more when the token ends', async () => {
    let ended = '';
    SERVER.script = signingIn(
      () => ME,
      (token) => token !== ended,
    );
    const rocket = client();
    await Promise.all(Array.from({ length: 20 }, () => rocket.auth.me()));
    expect(SERVER.to('login')).toHaveLength(1);
    expect(SERVER.to('login')[0]?.body).toEqual({ user: 'besedka.bridge', password: PASSWORD });
    expect(SERVER.to('me')[0]?.headers).toMatchObject({ 'x-auth-token': 'token-1', 'x-user-id': 'bridge' });

    ended = 'token-1';
    await Promise.all(Array.from({ length: 20 }, () => rocket.auth.me()));
    expect(SERVER.to('login')).toHaveLength(2);
  });

  it('renews for a write too: a refused one has not been looked at', async () => {
    let ended = '';
    SERVER.script = signingIn(
      () => ({ json: { success: true, message: { _id: 'm', rid: 'r' } } }),
      (token) => token !== ended,
    );
    const rocket = client();
    await rocket.chat.postMessage({ roomId: 'r', text: 'one' });
    ended = 'token-1';
    await rocket.chat.postMessage({ roomId: 'r', text: 'two' });
    expect(SERVER.to('chat.postMessage').map(({ headers }) => headers['x-auth-token'])).toEqual([
      'token-1',
      'token-1',
      'token-2',
    ]);
  });

  it('does not try a refused password again until the credentials change', async () => {
    SERVER.script = () => REFUSED;
    const rocket = client();
    await Promise.allSettled(Array.from({ length: 20 }, () => rocket.auth.me()));
    for (let round = 0; round < 20; round += 1) {
      await expect(rocket.users.info({ userId: 'u' })).rejects.toMatchObject({ kind: 'unauthorized' });
    }
    expect(SERVER.to('login')).toHaveLength(1);

    SERVER.script = signingIn(() => ME);
    rocket.setCredentials({ kind: 'password', user: 'besedka.bridge', password: 'the right one' });
    await rocket.auth.me();
    expect(SERVER.to('login')).toHaveLength(2);
  });

  it('tries a refused password again after a while, once, and far below ten times in the time of a lock', async () => {
    SERVER.script = () => ({
      status: 401,
      json: {
        status: 'error',
        error: 'error-login-blocked-for-user',
        message: 'Login has been blocked [error-login-blocked-for-user]',
      },
    });
    const rocket = client({ rememberRefusalMs: 300_000 });
    const refusal = { kind: 'unauthorized', errorType: 'error-login-blocked-for-user' };
    await expect(rocket.auth.me()).rejects.toMatchObject(refusal);
    await clock.sleep(299_000);
    await expect(rocket.auth.me()).rejects.toMatchObject({ ...refusal, retryAfterMs: expect.any(Number) as number });
    expect(SERVER.to('login')).toHaveLength(1);
    await clock.sleep(2_000);
    await expect(rocket.auth.me()).rejects.toMatchObject(refusal);
    expect(SERVER.to('login')).toHaveLength(2);
  });

  it('does not remember an outage', async () => {
    let down = true;
    const up = signingIn(() => ME);
    SERVER.script = (request) => (down ? { status: 502, text: '<h1>Bad gateway</h1>' } : up(request));
    const rocket = client();
    await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
    down = false;
    expect(await rocket.auth.me()).toMatchObject({ _id: 'bridge' });
  });

  it('does not go round in circles when fresh tokens are refused', async () => {
    SERVER.script = signingIn(
      () => ME,
      () => false,
    );
    const rocket = client();
    for (let round = 0; round < 5; round += 1) {
      await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
    }
    expect(SERVER.to('login')).toHaveLength(1);
    // Five minutes later it is worth another try.
    await clock.sleep(301_000);
    await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(SERVER.to('login')).toHaveLength(2);
  });

  it('is renewed once for a call that is refused all the same, and the others go on', async () => {
    const up = signingIn(() => ME);
    const rocket = client();
    SERVER.script = async (request) => {
      if (!request.path.endsWith('/users.info')) return up(request);
      // The token is good, as another call shows in between.
      await rocket.auth.me();
      return REFUSED;
    };
    await rocket.auth.me();
    for (let round = 1; round <= 3; round += 1) {
      await expect(rocket.users.info({ userId: 'u' })).rejects.toMatchObject({ kind: 'unauthorized' });
      expect(SERVER.to('users.info')).toHaveLength(2 * round);
      expect(SERVER.to('login')).toHaveLength(1 + round);
    }
    await rocket.auth.me();
  });

  it('is not needed with a personal token, which is never renewed', async () => {
    SERVER.script = signingIn(
      () => ME,
      (token) => token === 'pat',
    );
    const rocket = client({ credentials: { kind: 'token', userId: 'bridge', token: 'pat' } });
    await rocket.auth.me();
    rocket.setCredentials({ kind: 'token', userId: 'bridge', token: 'taken back' });
    await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
    expect(SERVER.to('login')).toHaveLength(0);
    expect(SERVER.to('me')).toHaveLength(2);
  });

  it('goes on for the others when one who waits gives up', async () => {
    let answer!: () => void;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const up = signingIn(() => ME);
    SERVER.script = async (request) => {
      if (request.path === '/api/v1/login') await answered;
      return up(request);
    };
    const rocket = client();
    const impatient = new AbortController();
    const first = rocket.auth.me({ signal: impatient.signal });
    const second = rocket.auth.me();
    impatient.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    answer();
    expect(await second).toMatchObject({ _id: 'bridge' });
    expect(SERVER.to('login')).toHaveLength(1);
  });
});

describe('the second factor', () => {
  const sha256 = createHash('sha256').update(PASSWORD).digest('hex');

  it('is answered with the password on every signed-in call', async () => {
    SERVER.script = signingIn(() => ME);
    await client().auth.me();
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(SERVER.to('me')[0]?.headers).toMatchObject({ 'x-2fa-code': sha256, 'x-2fa-method': 'password' });
    expect(SERVER.to('login')[0]?.headers).not.toHaveProperty('x-2fa-code');
  });

  it('goes with a personal token only when its password is known', async () => {
    SERVER.script = () => ME;
    await client({ credentials: { kind: 'token', userId: 'u', token: 't' } }).auth.me();
    await client({ credentials: { kind: 'token', userId: 'u', token: 't', password: PASSWORD } }).auth.me();
    expect(SERVER.to('me').map(({ headers }) => headers['x-2fa-code'])).toEqual([undefined, sha256]);
  });

  it('that cannot be answered tells which methods there are, and is not tried again', async () => {
    const details = { method: 'totp', codeGenerated: false, availableMethods: ['totp'] };
    SERVER.script = signingIn(() => ({
      status: 400,
      json: { success: false, error: 'TOTP Required [totp-required]', errorType: 'totp-required', details },
    }));
    await expect(client().settings.set('Site_Url', 'x', { compared: true })).rejects.toMatchObject({
      kind: 'second-factor',
      errorType: 'totp-required',
      details,
    });
    expect(SERVER.to('settings/Site_Url')).toHaveLength(1);
  });

  it('asked for at the sign-in is remembered as a refusal', async () => {
    SERVER.script = () => ({
      status: 401,
      json: {
        status: 'error',
        error: 'totp-required',
        message: 'TOTP Required [totp-required]',
        details: { method: 'email' },
      },
    });
    const rocket = client();
    for (let round = 0; round < 3; round += 1) {
      await expect(rocket.auth.me()).rejects.toMatchObject({ kind: 'second-factor' });
    }
    expect(SERVER.to('login')).toHaveLength(1);
  });
});

describe('what others see of a call', () => {
  it('holds route, status and times, and nothing secret', async () => {
    const token = 'secret-token';
    SERVER.script = signingIn(({ path }) =>
      path.startsWith('/api/v1/settings/') || path.startsWith('/hooks/')
        ? {
            status: 400,
            json: { success: false, error: `"${PASSWORD}" is not valid [error-setting-validation-failed]` },
          }
        : ME,
    );
    const rocket = client();
    await rocket.auth.me();
    const refused = await rocket.settings
      .set('SMTP_Password', PASSWORD, { compared: true })
      .catch((error: unknown) => error);
    const hook = await rocket.integrations
      .post({ integrationId: 'i', token }, { text: 'x' })
      .catch((error: unknown) => error);
    expect(reports.map(({ route, outcome }) => [route, outcome])).toEqual([
      ['POST login', 'ok'],
      ['GET me', 'ok'],
      ['POST settings/:_id', 'invalid'],
      ['POST /hooks/:integrationId/:token', 'invalid'],
    ]);
    expect(refused).toMatchObject({ text: expect.stringContaining(PASSWORD) as string });
    for (const shown of [reports, refused, hook]) {
      const text = `${JSON.stringify(shown)} ${shown instanceof Error ? `${shown.message} ${shown.stack ?? ''}` : ''}`;
      for (const secret of [PASSWORD, 'SMTP_Password', token, 'token-1']) expect(text).not.toContain(secret);
    }
  });

  it('does not matter when the observer breaks', async () => {
    SERVER.script = signingIn(() => ME);
    const observe = () => {
      throw new Error('metrics are down');
    };
    expect(await client({ observe }).auth.me()).toMatchObject({ _id: 'bridge' });
  });
});

describe('an address', () => {
  it('may have a path, and no credentials', async () => {
    SERVER.script = signingIn(() => ME);
    const rocket = client({ baseUrl: `${SERVER.url}/chat//`, credentials: { kind: 'token', userId: 'u', token: 't' } });
    await rocket.auth.me();
    expect(SERVER.seen.at(-1)?.path).toBe('/chat/api/v1/me');
    expect(() => client({ baseUrl: 'https://somebody:secret@chat.example.org' })).toThrow('no credentials');
    expect(() => client({ baseUrl: 'ftp://chat.example.org' })).toThrow('http');
    expect(() => client({ baseUrl: 'chat.example.org' })).toThrow(TypeError);
  });

  it('that redirects is told, and nothing is sent after it', async () => {
    SERVER.script = () => ({ status: 301, headers: { Location: `${SERVER.url}/elsewhere` }, text: '' });
    await expect(client({ credentials: { kind: 'token', userId: 'u', token: 't' } }).auth.me()).rejects.toMatchObject({
      kind: 'unexpected-answer',
      status: 301,
      text: `${SERVER.url}/elsewhere`,
    });
    expect(SERVER.seen).toHaveLength(1);
  });
});
