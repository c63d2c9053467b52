import type { JWK } from 'jose';
import { systemContext } from '../../../src/common/context/request-context.js';
import { SigningKeysSchedule } from '../../../src/modules/oauth-provider/signing-keys.schedule.js';
import { SigningKeysService, UnreadableKeysError } from '../../../src/modules/oauth-provider/signing-keys.service.js';
import { sql } from '../../support/accounts/accounts.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';
import { createTestDatabase } from '../../support/test-database.js';

const CTX = systemContext('test');
const SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';

interface KeyRow {
  kid: string;
  state: string;
}

const states = (app: TestApp): Promise<KeyRow[]> =>
  sql<KeyRow>(app, 'SELECT kid, state FROM oauth_signing_keys ORDER BY state, created_at');
const kidOf = async (app: TestApp, state: 'current' | 'next'): Promise<string> =>
  (await states(app)).find((row) => row.state === state)?.kid ?? '';
const jwks = async (app: TestApp): Promise<JWK[]> => (await app.http().get<{ keys: JWK[] }>('/o/jwks/')).json.keys;
const kids = async (app: TestApp): Promise<(string | undefined)[]> => (await jwks(app)).map((key) => key.kid);

/** Lets time pass for all keys. */
async function later(app: TestApp, interval: string): Promise<void> {
  await sql(
    app,
    `UPDATE oauth_signing_keys SET created_at = created_at - $1::interval, activated_at = activated_at - $1::interval,
       retired_at = retired_at - $1::interval`,
    [interval],
  );
  await app.get(SigningKeysService).reload();
}

describe('signing keys', () => {
  const apps: TestApp[] = [];
  const databases: { drop(): Promise<void> }[] = [];
  const start = async (databaseUrl?: string, env: Record<string, string> = {}): Promise<TestApp> => {
    const app = await createTestApp({ databaseUrl, env: { AUTH_SECRET: SECRET, ...env } });
    apps.push(app);
    return app;
  };
  const freshDatabase = async (): Promise<string> => {
    const database = await createTestDatabase();
    databases.push(database);
    return database.url;
  };
  afterEach(async () => {
    for (const app of apps.splice(0)) await closeTestApp(app);
    for (const database of databases.splice(0)) await database.drop();
  });

  it('are made at the first start: one that signs, one that is only published; a restart keeps them', async () => {
    const url = await freshDatabase();
    const first = await start(url);
    const made = await states(first);
    expect(made.map((row) => row.state)).toEqual(['current', 'next']);
    expect((await first.get(SigningKeysService).signer()).kid).toBe(await kidOf(first, 'current'));
    expect(await kids(first)).toEqual(made.map((row) => row.kid));
    const second = await start(url);
    expect(await states(second)).toEqual(made);
  });

  it('lie sealed in the database: no member of a private key can be read', async () => {
    const app = await start();
    const rows = await sql<{ everything: string; sealed: Buffer; public_jwk: object }>(
      app,
      'SELECT k::text AS everything, private_sealed AS sealed, public_jwk FROM oauth_signing_keys k',
    );
    expect(rows).toHaveLength(2);
    for (const { everything, sealed, public_jwk } of rows) {
      expect(Object.keys(public_jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      const readable = `${everything} ${sealed.toString('latin1')}`;
      expect(readable).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    }
    for (const key of await jwks(app)) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      // 2048 bits.
      expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(256);
    }
  });

  it('are one pair when several processes start at once', async () => {
    const url = await freshDatabase();
    const all = await Promise.all([start(url), start(url), start(url)]);
    const [app] = all as [TestApp, TestApp, TestApp];
    expect((await states(app)).map((row) => row.state)).toEqual(['current', 'next']);
    const signers = await Promise.all(all.map(async (one) => (await one.get(SigningKeysService).signer()).kid));
    expect(new Set(signers).size).toBe(1);
  });

  it('rotate with an overlap: published before their use, and until their last token is over', async () => {
    const app = await start();
    const keys = app.get(SigningKeysService);
    await later(app, '1 day');
    const [old, next] = [await kidOf(app, 'current'), await kidOf(app, 'next')];
    const rotation = await keys.rotate(CTX);
    expect(rotation.kid).toBe(next);
    // It was published for a day already, so it signs at once.
    expect((await keys.signer()).kid).toBe(next);
    expect((await states(app)).map((row) => row.state)).toEqual(['current', 'next', 'retired']);
    expect(await kids(app)).toEqual(expect.arrayContaining([old, next, await kidOf(app, 'next')]));
    expect((await kids(app))[0]).toBe(next);
    // 600 s of an id token, 300 s of a cache, and what the servers may lag behind.
    await later(app, '950 seconds');
    expect(await kids(app)).toContain(old);
    await later(app, '20 seconds');
    expect(await kids(app)).not.toContain(old);
  });

  it('never sign before they were published for longer than anybody may keep the key set', async () => {
    const app = await start();
    const keys = app.get(SigningKeysService);
    const [first, second] = [await kidOf(app, 'current'), await kidOf(app, 'next')];
    const answer = await app.http().get('/o/jwks/');
    const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '')?.[1]);
    const rotation = await keys.rotate(CTX);
    const third = await kidOf(app, 'next');
    expect(rotation.signsFrom.getTime()).toBeGreaterThan(Date.now() + (maxAge + 30) * 1000);
    expect((await keys.signer()).kid).toBe(first);
    await keys.rotate(CTX);
    expect((await keys.signer()).kid).toBe(first);
    expect(await kids(app)).toEqual(expect.arrayContaining([first, second, third]));
    await later(app, '6 minutes');
    expect((await keys.signer()).kid).toBe(third);
    expect(await kids(app)).toEqual(expect.arrayContaining([first, second, third]));
  });

  it('end with one next and one current when processes rotate at once, and each hears of it', async () => {
    const url = await freshDatabase();
    const [one, other] = (await Promise.all([start(url), start(url)])) as [TestApp, TestApp];
    await later(one, '1 day');
    await other.get(SigningKeysService).reload();
    await Promise.all([one, other, one, other].map((app) => app.get(SigningKeysService).rotate(CTX)));
    const rows = await states(one);
    expect(rows.map((row) => row.state)).toEqual(['current', 'next', 'retired', 'retired', 'retired', 'retired']);
    await Promise.all([one, other].map((app) => app.get(SigningKeysSchedule).look()));
    expect((await other.get(SigningKeysService).signer()).kid).toBe((await one.get(SigningKeysService).signer()).kid);
    expect(await kids(other)).toEqual(await kids(one));
    const audited = await sql<{ facts: { kid: string } }>(
      one,
      "SELECT facts FROM audit_log WHERE key = 'oauth.keys.rotated'",
    );
    expect(audited).toHaveLength(4);
    expect(audited.map(({ facts }) => facts.kid)).toContain(await kidOf(one, 'current'));
  });

  it('rotate by themselves once when they are due, however many processes see it', async () => {
    const url = await freshDatabase();
    const [one, other] = (await Promise.all([start(url), start(url)])) as [TestApp, TestApp];
    const before = await kidOf(one, 'current');
    await one.get(SigningKeysSchedule).look();
    expect(await kidOf(one, 'current')).toBe(before);
    await later(one, '31 days');
    await other.get(SigningKeysService).reload();
    await Promise.all([one, other].map((app) => app.get(SigningKeysSchedule).look()));
    expect((await states(one)).map((row) => row.state)).toEqual(['current', 'next', 'retired']);
    expect(await kidOf(one, 'current')).not.toBe(before);
  });

  it('do not rotate by themselves when that is switched off', async () => {
    const app = await start(undefined, { OAUTH_KEY_ROTATION_DAYS: '0' });
    const before = await states(app);
    await later(app, '4000 days');
    await app.get(SigningKeysSchedule).look();
    expect(await states(app)).toEqual(before);
  });

  it('lose their private part when they can sign nothing any more, and go at last', async () => {
    const app = await start();
    const keys = app.get(SigningKeysService);
    await later(app, '1 day');
    const old = await kidOf(app, 'current');
    await keys.rotate(CTX);
    const sealed = async (): Promise<number | undefined> =>
      (
        await sql<{ n: number }>(app, 'SELECT length(private_sealed) AS n FROM oauth_signing_keys WHERE kid = $1', [
          old,
        ])
      )[0]?.n;
    await keys.tidy();
    expect(await sealed()).toBeGreaterThan(1000);
    await later(app, '1 hour');
    expect(await keys.tidy()).toEqual({ removed: 0, forgotten: 1 });
    expect(await sealed()).toBe(0);
    expect(await keys.publicKey(old)).not.toBeNull();
    await later(app, '90 days');
    expect(await keys.tidy()).toEqual({ removed: 1, forgotten: 0 });
    expect(await keys.list()).toHaveLength(2);
  });

  it('are retired and made anew when AUTH_SECRET has changed: a warning, and the start goes on', async () => {
    const url = await freshDatabase();
    const first = await start(url);
    const old = (await states(first)).map((row) => row.kid);
    const second = await start(url, { AUTH_SECRET: 'Yd8mWq2RkZ5nTb7XcVf4HsJg9LpQe3Ua' });
    const rows = await states(second);
    expect(rows.map((row) => row.state)).toEqual(['current', 'next', 'retired', 'retired']);
    expect(
      rows
        .slice(2)
        .map((row) => row.kid)
        .sort(),
    ).toEqual([...old].sort());
    const warning = second.logs.find((line) => line['level'] === 'warn' && String(line['msg']).includes('AUTH_SECRET'));
    expect(warning).toMatchObject({ kids: expect.arrayContaining(old) });
    const signer = (await second.get(SigningKeysService).signer()).kid;
    expect(old).not.toContain(signer);
    // A process of before, about to be replaced, signs on with its own key, which stays published for the while.
    await first.get(SigningKeysService).reload();
    const lasting = (await first.get(SigningKeysService).signer()).kid;
    expect(old).toContain(lasting);
    expect(await kids(second)).toEqual(expect.arrayContaining([lasting, signer]));
    // Afterwards it refuses rather than fight over the keys.
    await later(first, '1 hour');
    await expect(first.get(SigningKeysService).signer()).rejects.toThrow('another AUTH_SECRET');
    expect(await states(second)).toEqual(rows);
  });

  it('are not exchanged by who cannot open them', async () => {
    const url = await freshDatabase();
    const first = await start(url);
    const second = await start(url, { AUTH_SECRET: 'Yd8mWq2RkZ5nTb7XcVf4HsJg9LpQe3Ua' });
    const before = await states(second);
    await expect(first.get(SigningKeysService).rotate(CTX)).rejects.toBeInstanceOf(UnreadableKeysError);
    expect(await states(second)).toEqual(before);
  });

  it('come back when somebody has emptied the table under a running server', async () => {
    const app = await start();
    const before = await kidOf(app, 'current');
    await sql(app, 'DELETE FROM oauth_signing_keys');
    await app.get(SigningKeysService).reload();
    const { kid } = await app.get(SigningKeysService).signer();
    expect(kid).not.toBe(before);
    expect(await kids(app)).toContain(kid);
  });
});
