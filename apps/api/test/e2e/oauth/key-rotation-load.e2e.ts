import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { systemContext } from '../../../src/common/context/request-context.js';
import { SigningKeysSchedule } from '../../../src/modules/oauth-provider/signing-keys.schedule.js';
import { SigningKeysService } from '../../../src/modules/oauth-provider/signing-keys.service.js';
import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { exchange, register, signInTo, type TestApplication } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const PEOPLE = 4;
const ROTATIONS = 3;
/** Sign-ins that are finished between two steps. */
const BETWEEN = 12;

describe('key rotation under a running load of sign-ins', () => {
  let server: TestApp;
  /** Another process on the same database, such as the admin program. */
  let beside: TestApp;
  beforeAll(async () => {
    server = await createTestApp({ env: { AUTH_SECRET: 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T' } });
    beside = await createTestApp({
      databaseUrl: server.databaseUrl,
      env: { AUTH_SECRET: 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T' },
    });
  });
  afterAll(async () => {
    await closeTestApp(beside);
    await closeTestApp(server);
  });

  /** The key set as an application keeps it for as long as it may, without ever asking again for a key that it does not know. */
  const keySet = async (): Promise<ReturnType<typeof createLocalJWKSet>> =>
    createLocalJWKSet((await server.http().get<JSONWebKeySet>('/o/jwks/')).json);
  /** The time for which an application may keep the key set, and servers may lag behind, goes by. */
  const passes = (): Promise<unknown> =>
    sql(
      server,
      `UPDATE oauth_signing_keys SET created_at = created_at - interval '6 minutes',
         activated_at = activated_at - interval '6 minutes', retired_at = retired_at - interval '6 minutes'`,
    );

  it('no sign-in fails, and every token verifies against a key set that is as old as it may be', async () => {
    const client: TestApplication = await register(await signIn(server, 'owner'), { firstParty: true });
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => signIn(server, 'test_user')));
    let known = await keySet();
    let over = false;
    let done = 0;
    const kids = new Set<string | undefined>();
    const failures: unknown[] = [];
    const load = async (person: HttpClient): Promise<void> => {
      while (!over) {
        try {
          // What the application knew when it began: its answer may be slow.
          const keys = known;
          const { code, verifier } = await signInTo(person, client, { scope: 'openid' });
          const { id_token: token = '' } = (await exchange(server.http(), client, code, verifier)).json;
          await jwtVerify(token, keys, { audience: client.clientId, algorithms: ['RS256'] });
          kids.add(decodeProtectedHeader(token).kid);
        } catch (error) {
          failures.push(error);
        }
        done += 1;
      }
    };
    const running = people.map(load);
    const someMore = async (): Promise<void> => {
      const wanted = done + BETWEEN;
      while (done < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await passes();
    for (let n = 0; n < ROTATIONS; n += 1) {
      await beside.get(SigningKeysService).rotate(systemContext('test'));
      // The server has not heard of it yet.
      await someMore();
      await server.get(SigningKeysSchedule).look();
      await someMore();
      // Twice in a row: the new key is too young for anybody to know it.
      await server.get(SigningKeysService).rotate(systemContext('test'));
      await someMore();
      known = await keySet();
      await someMore();
      await passes();
      await server.get(SigningKeysSchedule).look();
      await someMore();
    }
    over = true;
    await Promise.all(running);
    process.stdout.write(`${done} sign-ins, ${kids.size} keys, ${failures.length} failures\n`);
    expect(failures).toEqual([]);
    // Each rotation really changed who signs, once before and once after its double.
    expect(kids.size).toBe(1 + 2 * ROTATIONS);
  });
});
