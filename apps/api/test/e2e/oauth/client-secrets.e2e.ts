import type { OAuthClient, OAuthClientWithSecret } from '@besedka/contracts';
import { ClientsService } from '../../../src/modules/oauth-provider/clients.service.js';
import { refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { postForm, register, type TestApplication } from '../../support/oauth/applications.js';
import { statementsOf } from '../../support/statements.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const MACHINE = { grantTypes: ['client_credentials' as const], scopes: ['directory:read' as const], redirectUris: [] };

describe('secrets of applications', () => {
  let app: TestApp;
  let owner: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
  });
  afterAll(() => closeTestApp(app));

  const path = (id: string, rest = ''): string => `/api/v1/oauth/clients/${id}${rest}`;
  const get = async (id: string): Promise<OAuthClient> => (await owner.get<OAuthClient>(path(id))).json;
  const addSecret = (id: string) => owner.post<OAuthClientWithSecret>(path(id, '/secrets'));
  const token = async (of: TestApplication, secret: string | null): Promise<number> => {
    const form = { grant_type: 'client_credentials', client_id: of.clientId, client_secret: secret ?? '' };
    return (await postForm(app.http(), '/o/token/', form)).status;
  };

  it('F20 a secret is exchanged without downtime: the second works beside the first, which goes when nobody needs it', async () => {
    const machine = await register(owner, MACHINE);
    const [first] = (await get(machine.id)).secrets;
    expect(await token(machine, machine.secret)).toBe(200);
    const added = await addSecret(machine.id);
    expect([added.status, added.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const next = added.json.secret;
    expect(added.json.client.secrets.map(({ hint }) => hint)).toEqual([machine.secret?.slice(-4), next?.slice(-4)]);
    expect([await token(machine, machine.secret), await token(machine, next)]).toEqual([200, 200]);
    expect(refusal(await addSecret(machine.id))).toEqual([409, 'client_secrets_full']);
    expect((await owner.delete(path(machine.id, `/secrets/${first?.id ?? ''}`))).status).toBe(204);
    expect([await token(machine, machine.secret), await token(machine, next)]).toEqual([401, 200]);
    // Editing was not disturbed: the version is of the fields.
    expect((await get(machine.id)).version).toBe(1);
  });

  it('F20 the hash that is stored is not a secret', async () => {
    const machine = await register(owner, MACHINE);
    const [row] = await sql<{ hash: string }>(app, 'SELECT hash FROM oauth_client_secrets WHERE client_id = $1', [
      machine.id,
    ]);
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect([await token(machine, row?.hash ?? ''), await token(machine, machine.secret)]).toEqual([401, 200]);
  });

  it('F20 the last secret stays, a foreign one is not found, a public application has none', async () => {
    const [machine, other] = [await register(owner, MACHINE), await register(owner, MACHINE)];
    const secretOf = async (of: TestApplication): Promise<string> => (await get(of.id)).secrets[0]?.id ?? '';
    const drop = (id: string, secretId: string) => owner.delete(path(id, `/secrets/${secretId}`));
    expect(refusal(await drop(machine.id, await secretOf(machine)))).toEqual([409, 'client_last_secret']);
    expect(refusal(await drop(machine.id, await secretOf(other)))).toEqual([404, 'not_found']);
    expect(await token(machine, machine.secret)).toBe(200);
    const open = await register(owner, { kind: 'public' });
    expect(open.secret).toBeNull();
    expect(refusal(await addSecret(open.id))).toEqual([409, 'client_is_public']);
  });

  it('F20 of two who add one at the same time, one is refused', async () => {
    const machine = await register(owner, MACHINE);
    const answers = await Promise.all([addSecret(machine.id), addSecret(machine.id), addSecret(machine.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await get(machine.id)).secrets).toHaveLength(2);
  });

  it('a secret is told once: not in any later answer, not in the log, not in the audit, not in the database', async () => {
    const machine = await register(owner, MACHINE);
    const added = (await addSecret(machine.id)).json.secret ?? '';
    const secrets = [machine.secret ?? '', added];
    expect(await token(machine, added)).toBe(200);
    expect(await token(machine, `${added}x`)).toBe(401);
    const answers = [
      await owner.get('/api/v1/oauth/clients'),
      await owner.get(path(machine.id)),
      await owner.get('/api/v1/audit?limit=100'),
    ].map((answer) => answer.text);
    const tables = await sql<{ name: string }>(
      app,
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const rows: string[] = [];
    for (const { name } of tables) rows.push(JSON.stringify(await sql(app, `SELECT * FROM "${name}"`)));
    const everything = [...answers, ...rows, JSON.stringify(app.logs)].join('\n');
    expect(everything).toContain(machine.clientId);
    for (const secret of secrets) {
      expect(secret).toMatch(/^bsk_[\w-]{43}$/);
      expect(everything).not.toContain(secret);
    }
    const log = await owner.get<{ items: { facts: unknown }[] }>(
      `/api/v1/audit?subjectId=${machine.id}&key=oauth.client.secret-added`,
    );
    const [, second] = (await get(machine.id)).secrets;
    expect(log.json.items.map(({ facts }) => facts)).toEqual([
      { clientId: machine.clientId, secretId: second?.id, hint: added.slice(-4) },
    ]);
  });

  it('when it was last used is seen on the application and on the secret', async () => {
    const machine = await register(owner, MACHINE);
    const before = await get(machine.id);
    expect([before.lastUsedAt, before.secrets[0]?.lastUsedAt]).toEqual([null, null]);
    await addSecret(machine.id);
    await token(machine, machine.secret);
    await app.get(ClientsService).flush();
    const after = await get(machine.id);
    expect(Date.parse(after.lastUsedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before.createdAt));
    expect(after.secrets.map(({ lastUsedAt }) => lastUsedAt)).toEqual([after.lastUsedAt, null]);
    expect(after.version).toBe(before.version);
  });

  it('a stop writes the last uses that were still to be written', async () => {
    const other = await createTestApp({ databaseUrl: app.databaseUrl });
    const machine = await register(owner, MACHINE);
    other.get(ClientsService).touched(machine.id, null);
    await other.close();
    expect((await get(machine.id)).lastUsedAt).not.toBeNull();
  });

  it('a busy application costs no statement to be recognised; a change is seen at once', async () => {
    const machine = await register(owner, MACHINE);
    const clients = app.get(ClientsService);
    const record = await clients.findByClientId(machine.clientId);
    const statements = await statementsOf(app, async () => {
      const again = await Promise.all(Array.from({ length: 50 }, () => clients.findByClientId(machine.clientId)));
      expect(new Set(again)).toEqual(new Set([record]));
      for (const odd of ['', 'x'.repeat(101), 'клиент', 'a\u0000b']) {
        expect(await clients.findByClientId(odd)).toBeNull();
      }
      expect(await clients.findById('not-an-id')).toBeNull();
    });
    expect(statements).toEqual([]);
    await addSecret(machine.id);
    expect((await clients.findByClientId(machine.clientId))?.secrets).toHaveLength(2);
    expect((await clients.findById(machine.id.toUpperCase()))?.clientId).toBe(machine.clientId);
  });
});
