import { existsSync, readFileSync } from 'node:fs';
import { configForOpenApi, OPENAPI_FILE, renderOpenApi } from '../../src/openapi.js';
import { createTestApp } from '../support/test-app.js';

describe('OpenAPI', () => {
  it('the file in the repository says what the routes say (else: npm run openapi -w @besedka/api)', async () => {
    const kept = existsSync(OPENAPI_FILE) ? readFileSync(OPENAPI_FILE, 'utf8') : '';
    expect(kept.replaceAll('\r\n', '\n')).toBe(await renderOpenApi(configForOpenApi()));
  });

  it('says once per route how one proves who one is', async () => {
    interface Operation {
      security?: object[];
    }
    const { paths } = JSON.parse(await renderOpenApi(configForOpenApi())) as {
      paths: Record<string, Record<string, Operation>>;
    };
    const secured = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { security }]) =>
        security === undefined ? [] : [[`${method} ${path}`, security.map((way) => Object.keys(way).join())]],
      ),
    );
    expect(secured.length).toBeGreaterThan(30);
    // Never a list that grows with the number of routes.
    expect(secured.filter(([, ways]) => new Set(ways).size !== ways?.length)).toEqual([]);
  });

  it('is served, with a page to read it that loads nothing from elsewhere', async () => {
    const app = await createTestApp();
    try {
      const document = await app.http().get<{ openapi: string; paths: object }>('/api/openapi.json');
      expect(document.json.openapi).toMatch(/^3\./);
      expect(Object.keys(document.json.paths)).toContain('/version');
      const page = await app.http().get('/api/docs');
      const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
      expect(loaded.filter((address) => !address.startsWith('/api/docs/'))).toEqual(['data:,']);
      for (const address of loaded.filter((a) => a.startsWith('/'))) {
        expect((await app.http().get(address)).status).toBe(200);
      }
    } finally {
      await app.close();
    }
  });
});
