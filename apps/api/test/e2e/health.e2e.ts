import { AppConfig } from '../../src/config/app-config.js';
import { Lifecycle } from '../../src/common/lifecycle/lifecycle.js';
import { closeTestApp, createTestApp, type TestApp } from '../support/test-app.js';

describe('health', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ env: { BESEDKA_COMMIT: '0123abc' } });
  });
  afterAll(() => closeTestApp(app));

  it('says that it lives and is ready', async () => {
    expect((await app.http().get('/livez')).json).toEqual({ status: 'ok' });
    const ready = await app.http().get('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.json).toMatchObject({ status: 'ok', info: { database: { status: 'up' } } });
  });

  it('F22 tells version, commit, start and Node', async () => {
    const { json, headers } = await app.http().get('/version');
    expect(json).toEqual({
      name: 'besedka',
      version: app.get(AppConfig).build.version,
      commit: '0123abc',
      startedAt: app.get(Lifecycle).startedAt.toISOString(),
      node: process.version,
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('measures requests by route template, never by address', async () => {
    await app.http().get('/api/v1/something/42');
    const { text, headers } = await app.http().get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/version",status="200"}');
    expect(text).not.toContain('something/42');
  });

  it('hides the measurements from whoever came through a proxy', async () => {
    const answer = await app.http().get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(answer.status).toBe(404);
  });

  it('is not ready from the moment it begins to stop', async () => {
    const stopping = await createTestApp({ databaseUrl: app.databaseUrl });
    try {
      stopping.get(Lifecycle).beginDraining();
      const answer = await stopping.http().get('/readyz');
      expect(answer.status).toBe(503);
      expect(answer.json).toMatchObject({
        status: 'error',
        error: { process: { status: 'down', message: 'stopping' } },
      });
    } finally {
      await stopping.close();
    }
  });

  it('asks for the token when one is set', async () => {
    const guarded = await createTestApp({ databaseUrl: app.databaseUrl, env: { METRICS_TOKEN: 'prometheus-reads' } });
    try {
      expect((await guarded.http().get('/metrics')).status).toBe(404);
      const withToken = await guarded.http().get('/metrics', { headers: { authorization: 'Bearer prometheus-reads' } });
      expect(withToken.status).toBe(200);
    } finally {
      await guarded.close();
    }
  });
});
