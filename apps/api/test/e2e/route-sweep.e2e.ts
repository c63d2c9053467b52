import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listDeclaredRoutes } from '../../src/common/http/routes.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

/** Routes that anybody may call. Whoever adds one adds a line here, where a reviewer sees it. */
const PUBLIC_ROUTES = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '..', 'public-routes.json'), 'utf8'),
) as string[];

describe('route sweep', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  it('every route of the server declares who may call it', () => {
    const silent = listDeclaredRoutes(app.app).filter((route) => route.access === undefined);
    expect(silent.map((route) => `${route.method} ${route.path}`)).toEqual([]);
  });

  it('the public routes are exactly those of the list', () => {
    const open = listDeclaredRoutes(app.app)
      .filter((route) => route.access?.kind === 'public')
      .map((route) => `${route.method} ${route.path}`)
      .sort();
    process.stdout.write(`public routes:\n${open.map((line) => `  ${line}`).join('\n')}\n`);
    expect(open).toEqual(PUBLIC_ROUTES);
  });

  it('every other route refuses a stranger', async () => {
    const closed = listDeclaredRoutes(app.app).filter((route) => route.access?.kind !== 'public');
    for (const route of closed) {
      const path = route.path.replace(/:[A-Za-z]+/g, '018f0000-0000-7000-8000-000000000000').replace('*', 'x');
      const answer = await app.http().request(route.method, path);
      expect([route.method, route.path, answer.status]).toEqual([route.method, route.path, 401]);
    }
  });
});
