import type { AuditEntry, Page, RoleNames } from '@besedka/contracts';
import { AUDIT_KEYS } from '@besedka/contracts';
import { systemContext } from '../../../src/common/context/request-context.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { AuditService } from '../../../src/modules/audit/audit.service.js';
import { RolesService } from '../../../src/modules/roles/roles.service.js';
import { ifMatch, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { register } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('the audit log', () => {
  let app: TestApp;
  let owner: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
  });
  afterAll(() => closeTestApp(app));

  const read = async (query = ''): Promise<Page<AuditEntry>> =>
    (await owner.get<Page<AuditEntry>>(`/api/v1/audit${query}`)).json;

  it('tells who did what, when, from where and in which request', async () => {
    const before = Date.now();
    const made = await owner.post<{ client: { id: string; clientId: string } }>(
      '/api/v1/oauth/clients',
      {
        kind: 'public',
        name: 'Телефон',
        grantTypes: ['authorization_code'],
        scopes: ['openid'],
        redirectUris: ['https://a.example.org/'],
      },
      { headers: { 'x-request-id': 'a-request-of-this-test' } },
    );
    const { client } = made.json;
    const [entry] = (await read('?limit=1')).items;
    const me = await owner.get<{ id: string }>('/api/v1/users/me');
    expect(entry).toEqual({
      id: entry?.id,
      at: entry?.at,
      key: 'oauth.client.created',
      actorId: me.json.id,
      actorName: 'owner',
      subjectId: client.id,
      facts: { clientId: client.clientId },
      requestId: 'a-request-of-this-test',
      address: '127.0.0.1',
    });
    expect(Math.abs(Date.parse(entry?.at ?? '') - before)).toBeLessThan(60_000);
  });

  it('comes in pages, the latest first, without gaps or doubles while new lines arrive', async () => {
    const audit = app.get(AuditService);
    const ctx = systemContext('test');
    const note = (n: number): Promise<void> => audit.recordNow(ctx, 'oauth.keys.rotated', 'pages', { kid: `key-${n}` });
    for (let n = 0; n < 7; n += 1) {
      await note(n);
      // Ids sort by time to the millisecond.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<AuditEntry> = await read(
        `?subjectId=pages&limit=3${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ facts }) => String(facts['kid'])));
      cursor = page.nextCursor;
      await note(100 + seen.length);
    } while (cursor !== null);
    expect(seen).toEqual(['key-6', 'key-5', 'key-4', 'key-3', 'key-2', 'key-1', 'key-0']);
  });

  it('is narrowed by key, subject and actor; anything else is refused', async () => {
    const one = await register(owner);
    await owner.post(`/api/v1/oauth/clients/${one.id}/secrets`);
    const keys = async (query: string): Promise<string[]> => (await read(query)).items.map(({ key }) => key);
    expect(await keys(`?subjectId=${one.id}`)).toEqual(['oauth.client.secret-added', 'oauth.client.created']);
    expect(await keys(`?subjectId=${one.id}&key=oauth.client.created`)).toEqual(['oauth.client.created']);
    const me = (await owner.get<{ id: string }>('/api/v1/users/me')).json.id;
    const mine = await read(`?actorId=${me}&limit=100`);
    expect(mine.items.length).toBeGreaterThan(2);
    expect(new Set(mine.items.map(({ actorId }) => actorId))).toEqual(new Set([me]));
    // The seed acts for nobody.
    expect((await read('?key=oauth.client.created&limit=100')).items.at(-1)).toMatchObject({
      actorId: null,
      actorName: null,
      facts: { clientId: 'BesedkaRocketChat2025' },
      address: 'local',
    });
    for (const [query, code] of [
      ['?key=no.such.key', 'validation_failed'],
      ['?actorId=owner', 'validation_failed'],
      ['?limit=0', 'validation_failed'],
      ['?cursor=nonsense', 'bad_cursor'],
    ] as const) {
      expect(refusal(await owner.get(`/api/v1/audit${query}`))).toEqual([400, code]);
    }
  });

  it('every key can be written and asked for', async () => {
    for (const key of AUDIT_KEYS) {
      expect(key.length).toBeLessThanOrEqual(60);
      await app.get(AuditService).recordNow(systemContext('test'), key, 'every-key', { clientId: 'x' } as never);
      expect((await read(`?subjectId=every-key&key=${key}`)).items).toHaveLength(1);
    }
  });

  it('what is rolled back was never done', async () => {
    const ctx = systemContext('test');
    const failing = app.get(UnitOfWork).run(ctx, async (tx) => {
      await app.get(AuditService).record(ctx, tx, 'oauth.grant.revoked', 'rolled-back', { clientId: 'x' });
      await tx.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect((await read('?subjectId=rolled-back')).items).toEqual([]);
  });

  it('is read by owner and moderators, by nobody else', async () => {
    expect((await (await signIn(app, 'admin')).get('/api/v1/audit')).status).toBe(200);
    for (const login of ['store_owner', 'store_admin', 'test_user']) {
      expect(refusal(await (await signIn(app, login)).get('/api/v1/audit'))).toEqual([403, 'forbidden']);
    }
  });

  it('built-in roles of an older database get the permissions of this build at its start', async () => {
    await sql(
      app,
      `UPDATE roles SET permissions = array_remove(array_remove(permissions, 'audit:read'), 'oauth:manage')`,
    );
    const moderator = await signIn(app, 'admin');
    expect(refusal(await moderator.get('/api/v1/audit'))).toEqual([403, 'forbidden']);
    expect(refusal(await owner.get('/api/v1/oauth/role-names'))).toEqual([403, 'forbidden']);
    await app.get(RolesService).ensureBuiltIns(systemContext('test'));
    expect((await moderator.get('/api/v1/audit')).status).toBe(200);
    expect(refusal(await moderator.get('/api/v1/oauth/role-names'))).toEqual([403, 'forbidden']);
    const names = await owner.get<RoleNames>('/api/v1/oauth/role-names');
    expect((await owner.put('/api/v1/oauth/role-names', { items: [] }, ifMatch(names.json.version))).status).toBe(200);
  });
});
