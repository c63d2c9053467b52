import { useBridges } from '../../support/rocketchat/bridge.js';
import { deaths, dyingAfter, stateOf } from '../../support/rocketchat/killed.js';

describe('rocketchat apply, when things go wrong', () => {
  const { server, bridge, close } = useBridges();

  it.each([
    ['8.9', 'every'],
    ['7.x', 'each kind'],
    ['9.0', 'each kind'],
  ] as const)(
    'killed during any step of a first run on %s (after %s of write), the next run ends the same',
    async (profile, where) => {
      const whole = await server({ profile });
      await (await bridge(whole)).apply();
      const moments = deaths(whole, where);
      expect(moments.length).toBeGreaterThan(5);
      for (const after of moments) {
        const rocket = await server({ profile });
        const besedka = await bridge(rocket);
        besedka.talk = dyingAfter(after);
        await expect(besedka.apply()).rejects.toThrow();
        expect(rocket.writes.length).toBe(after);
        besedka.talk = {};
        expect((await besedka.apply()).remaining).toEqual([]);
        expect(stateOf(rocket)).toEqual(stateOf(whole));
        expect((await besedka.plan()).differences).toEqual([]);
        const [count] = await besedka.sql<{ clients: number }>('SELECT count(*)::int AS clients FROM oauth_clients');
        expect(count).toEqual({ clients: profile === '9.0' ? 0 : 1 });
        await close(1);
      }
    },
    240_000,
  );

  it('waits for the limits of an account that may not pass them, without a single refusal', async () => {
    const rocket = await server({ profile: '7.x' });
    rocket.faults.order({ name: 'missing-permission', permission: 'api-bypass-rate-limit' });
    const besedka = await bridge(rocket);
    let slept = 0;
    besedka.talk = {
      rateLimitWaitMs: 600_000,
      clock: {
        now: () => rocket.clock.now(),
        sleep: (ms, signal) => {
          signal?.throwIfAborted();
          slept += ms;
          rocket.clock.advance(ms);
          return Promise.resolve();
        },
      },
    };
    expect((await besedka.apply()).remaining).toEqual([]);
    // Some thirty settings one by one, ten in a minute.
    expect(slept).toBeGreaterThan(100_000);
    expect(rocket.calls.filter(({ status }) => status === 429)).toEqual([]);
    expect((await besedka.plan()).differences).toEqual([]);
  });

  it('a first run takes less than a minute by the clock on the wall, with the limiter on and no way past it', async () => {
    const rocket = await server();
    rocket.faults.order({ name: 'missing-permission', permission: 'api-bypass-rate-limit' });
    const besedka = await bridge(rocket);
    const start = performance.now();
    expect((await besedka.apply()).remaining).toEqual([]);
    expect(performance.now() - start).toBeLessThan(60_000);
  }, 90_000);

  it('two runs at the same time make nothing twice: the second waits and finds nothing to do', async () => {
    const rocket = await server();
    const AUTH_SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';
    const one = await bridge(rocket, { AUTH_SECRET });
    const other = await bridge(rocket, { AUTH_SECRET, DATABASE_URL: one.databaseUrl });
    const [first, second] = await Promise.all([one.apply(), other.apply()]);
    expect(Math.min(first.changed.length, second.changed.length)).toBe(0);
    expect([first.remaining, second.remaining]).toEqual([[], []]);
    expect([rocket.state.rooms.size, rocket.state.integrations.size]).toEqual([3, 2]);
  });

  it('a 429 that is told is waited for', async () => {
    const rocket = await server();
    rocket.faults.order({ name: 'rate-limit', route: 'permissions.update', seconds: 1, times: 1 });
    const besedka = await bridge(rocket);
    expect((await besedka.apply()).remaining).toEqual([]);
    expect(rocket.calls.filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it('a setting that is answered with success and not kept is found out', async () => {
    const rocket = await server();
    rocket.faults.order({ name: 'setting-ignored', id: 'Accounts_OAuth_Custom-Besedka-merge_users' });
    const besedka = await bridge(rocket);
    await expect(besedka.apply()).rejects.toThrow(
      'Rocket.Chat did not keep what was written: Accounts_OAuth_Custom-Besedka-merge_users.',
    );
  });

  it.each([
    [{ ROCKETCHAT_ADMIN_PASSWORD: 'wrong' }, /^Rocket\.Chat refused the sign-in of the admin account/],
    [{ ROCKETCHAT_API_URL: 'http://127.0.0.1:1' }, /^Rocket\.Chat cannot be reached at ROCKETCHAT_API_URL/],
    [{ ROCKETCHAT_URL: 'http://127.0.0.1:1', ROCKETCHAT_API_URL: '' }, /cannot be reached at ROCKETCHAT_URL\./],
    [{ ROCKETCHAT_ADMIN_USER: '', ROCKETCHAT_ADMIN_PASSWORD: '' }, /^Set ROCKETCHAT_ADMIN_USER and/],
    [{ ROCKETCHAT_URL: '' }, /^There is no Rocket\.Chat: set ROCKETCHAT_URL\.$/],
    [{ ROCKETCHAT_CLIENT_ID: 'x', ROCKETCHAT_CLIENT_SECRET: 'y' }, /^ROCKETCHAT_CLIENT_ID names no application/],
    [{ ROCKETCHAT_URL: 'http://chat.example.org' }, /^ROCKETCHAT_URL must begin with https:\/\//],
  ])('fails in one sentence with %j', async (env: Record<string, string>, sentence) => {
    const rocket = await server();
    const besedka = await bridge(rocket, {
      ROCKETCHAT_API_URL: env['ROCKETCHAT_URL'] === '' ? '' : rocket.url,
      ...env,
    });
    besedka.talk = { retry: { attempts: 1 } };
    const failure = await besedka.plan().catch((error: Error) => error.message);
    expect(failure).toMatch(sentence);
    expect(String(failure)).not.toMatch(/\n|wrong/);
    expect(rocket.writes).toEqual([]);
  });

  it('an admin without a permission is told so, and nothing secret is in the sentence', async () => {
    const rocket = await server();
    rocket.faults.order({ name: 'missing-permission', permission: 'add-oauth-service' });
    const besedka = await bridge(rocket);
    await expect(besedka.apply()).rejects.toThrow(
      /lacks a permission in Rocket\.Chat\. \(POST settings\.addCustomOAuth/,
    );
  });
});
