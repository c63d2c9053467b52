import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from './config-error.js';
import type { Env } from './env-fields.js';
import { loadConfig } from './load-config.js';

const SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';

describe('loadConfig', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-config-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));
  const load = (env: Env = {}) =>
    loadConfig({
      BESEDKA_MODE: 'local',
      DATABASE_URL: 'postgres://u:p@localhost/d',
      BESEDKA_DATA_DIR: dataDir,
      AUTH_SECRET: SECRET,
      ...env,
    });
  const refusal = (env: Env): string => {
    try {
      load(env);
    } catch (error) {
      if (error instanceof StartupError) return error.message;
      throw error;
    }
    throw new Error('the settings were accepted');
  };

  it('has a documented default for everything but the database', () => {
    const config = load();
    expect(config.mode).toBe('local');
    expect(config.http).toMatchObject({
      host: '127.0.0.1',
      port: 8001,
      publicUrl: 'http://127.0.0.1:8001',
      trustedProxies: false,
    });
    expect(config.auth).toMatchObject({ accessTokenSeconds: 300, refreshGraceSeconds: 30, cookies: { secure: false } });
    expect(config.mail.smtpUrl).toBeNull();
  });

  it('is strict unless it is told that this is a local installation', () => {
    expect(refusal({ BESEDKA_MODE: '' })).toMatch(/PUBLIC_URL/);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(load({ PORT: '', SMTP_URL: '', LOG_LEVEL: '' })).toMatchObject({
      http: { port: 8001 },
      logging: { level: 'info' },
    });
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['PORT', '1e3'],
    ['ACCESS_TOKEN_SECONDS', '-5'],
    ['REFRESH_TOKEN_DAYS', '0'],
    ['DATABASE_POOL_SIZE', '1'],
    ['LOG_LEVEL', 'chatty-value'],
    ['BESEDKA_MODE', 'productoin'],
    ['PUBLIC_URL', 'not a place'],
    ['PUBLIC_URL', 'https://portal.example.org/path'],
    ['SMTP_URL', 'http://user:sesame@mail'],
    ['TRUSTED_PROXIES', '10.0.0.0/8, everybody'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['DATABASE_URL', 'mysql://user:sesame@host/db'],
    ['WEB_ROOT', '/no/such/folder'],
    ['AUTH_SECRET', 'tooshort-sesame'],
  ])('names %s and never its value %s', (name, value) => {
    const sentence = refusal({ [name]: value });
    expect(sentence).toContain(name);
    expect(sentence).not.toContain(value);
    expect(sentence).not.toContain('sesame');
    expect(sentence).not.toContain('\n');
  });

  it('names all wrong variables at once', () => {
    expect(refusal({ PORT: 'x', LOG_LEVEL: 'y' })).toMatch(/PORT must be .*; LOG_LEVEL must be /);
  });

  it.each([
    ['', false],
    ['0', false],
    ['2', 2],
    ['loopback, 10.0.0.0/8,fd00::/8', ['loopback', '10.0.0.0/8', 'fd00::/8']],
  ])('reads TRUSTED_PROXIES "%s"', (value, expected) => {
    expect(load({ TRUSTED_PROXIES: value }).http.trustedProxies).toEqual(expected);
  });

  describe('in production', () => {
    const production = { BESEDKA_MODE: 'production', PUBLIC_URL: 'https://portal.example.org' };

    it('marks the cookies for https only, with the prefixes that browsers enforce', () => {
      expect(load(production).auth.cookies).toEqual({
        access: '__Host-besedka_access',
        refresh: '__Secure-besedka_refresh',
        secure: true,
      });
    });

    it('demands a public https address', () => {
      expect(refusal({ ...production, PUBLIC_URL: '' })).toContain('PUBLIC_URL is required');
      expect(refusal({ ...production, PUBLIC_URL: 'http://portal.example.org' })).toContain('https://');
      expect(load({ ...production, PUBLIC_URL: 'http://localhost:8001' }).http.publicUrl).toBe('http://localhost:8001');
    });

    it.each([
      undefined,
      'short',
      'change-me-change-me-change-me-change-me',
      'a'.repeat(64),
      'django-insecure-0123456789abcdefghijkl',
    ])('refuses the signing key %s', (secret) => {
      const sentence = refusal({ ...production, AUTH_SECRET: secret });
      expect(sentence).toContain('AUTH_SECRET');
      if (secret !== undefined) expect(sentence).not.toContain(secret);
    });
  });
});
