import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { type CoreApp, createCoreApp } from '../support/core-app.js';

const HASHED = 'assets/index-Bx3dE9_a.js';
const PAGE = { headers: { accept: 'text/html,application/xhtml+xml' } };

describe('the web app is served', () => {
  let root: string;
  let core: CoreApp;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'besedka-web-'));
    mkdirSync(join(root, 'assets'));
    writeFileSync(join(root, 'index.html'), '<!doctype html><title>Besedka</title>');
    writeFileSync(join(root, HASHED), 'console.log(1)');
    writeFileSync(join(root, `${HASHED}.br`), brotliCompressSync('console.log(1)'));
    writeFileSync(join(root, 'icon.svg'), '<svg/>');
    writeFileSync(join(root, '.secret'), 'not for the world');
    writeFileSync(join(root, '..', 'outside.txt'), 'outside');
    core = await createCoreApp([], { env: { WEB_ROOT: root } });
  });
  afterAll(async () => {
    await core.close();
    rmSync(root, { recursive: true });
  });

  it('hashed assets for ever, other files and the page revalidated', async () => {
    const asset = await core.http().get(`/${HASHED}`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-type')).toContain('javascript');
    expect((await core.http().get('/icon.svg')).headers.get('cache-control')).toBe('no-cache');
    expect((await core.http().get('/', PAGE)).headers.get('cache-control')).toBe('no-cache');
  });

  it('compressed as the build has compressed it', async () => {
    const { encoding, body } = await raw(`${core.url}/${HASHED}`, { 'accept-encoding': 'br, gzip' });
    expect(encoding).toBe('br');
    expect(brotliDecompressSync(body).toString()).toBe('console.log(1)');
    expect((await raw(`${core.url}/${HASHED}`, {})).encoding).toBeUndefined();
  });

  it.each(['/', '/chat', '/chat/integrated/', '/admin/users?role=user', '/accounts/login/'])(
    'the page for %s',
    async (path) => {
      const answer = await core.http().get(path, PAGE);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('<title>Besedka</title>');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'self'");
    },
  );

  it.each([
    '/api/v1/nothing',
    '/o/nothing',
    '/.well-known/nothing',
    '/chat/api/nothing',
    '/assets/gone-12345678.js',
    '/nothing.png',
  ])('a 404 for %s, even for a browser', async (path) => {
    const answer = await core.http().get(path, PAGE);
    expect([answer.status, answer.json['code']]).toEqual([404, 'not_found']);
  });

  it('nothing outside its folder, nothing hidden', async () => {
    for (const path of [
      '/..%2foutside.txt',
      '/assets/..%2f..%2foutside.txt',
      '/%2e%2e/outside.txt',
      '/.secret',
      '/..%5coutside.txt',
    ]) {
      const { status, body } = await raw(`${core.url}${path}`, { accept: 'text/html' });
      expect([403, 404]).toContain(status);
      expect(body.toString()).not.toContain('outside\n');
    }
  });

  it.each([
    ['a range that the file does not have', { range: 'bytes=99999999-' }],
    ['a condition that the file does not meet', { 'if-match': '"x"' }],
  ])('refuses %s as the caller’s fault', async (_what, headers) => {
    for (const path of [`/${HASHED}`, '/icon.svg', '/']) {
      const answer = await core.http().get(path, { headers: { accept: '*/*', ...headers } });
      expect([path, answer.status, answer.json['code']]).toEqual([path, 400, 'malformed_request']);
      expect(answer.headers.get('content-range')).toBeNull();
    }
  });

  it('pages are for reading only', async () => {
    const answer = await core.http().post('/chat', {});
    expect(answer.status).toBe(404);
  });
});

/** Without the decompression and path clean-up that `fetch` does. */
function raw(
  url: string,
  headers: Record<string, string>,
): Promise<{ status?: number; encoding?: string; body: Buffer }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const path = url.slice(new URL(url).origin.length);
    const sent = request({ hostname, port, path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode,
          encoding: answer.headers['content-encoding'],
          body: Buffer.concat(parts),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}
