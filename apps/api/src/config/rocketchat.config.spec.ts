import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Env } from './env-fields.js';
import { ENV_NAMES, loadConfig } from './load-config.js';

const load = (env: Env) =>
  loadConfig({
    BESEDKA_MODE: 'local',
    DATABASE_URL: 'postgres://u:p@localhost/d',
    AUTH_SECRET: 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T',
    ...env,
  });

describe('the settings of Rocket.Chat', () => {
  it('are all optional', () => {
    expect(load({}).rocketChat).toEqual({
      ...{ url: null, apiUrl: null, mode: null, admin: null, client: null, tokenSecret: null },
      ...{ portalUrl: null, autoApply: true, mongoUrl: null, unreadCallsPerMinute: 600 },
      marks: { edited: 'shown', deleted: 'hidden' },
    });
    expect(load({}).oauth.rocketChatOrigin).toBeNull();
  });

  it('know two addresses of one server, the second one by default the first', () => {
    const ROCKETCHAT_URL = 'https://chat.example.org/';
    expect(load({ ROCKETCHAT_URL })).toMatchObject({
      rocketChat: { url: 'https://chat.example.org', apiUrl: 'https://chat.example.org' },
      oauth: { rocketChatOrigin: 'https://chat.example.org' },
    });
    const inside = load({ ROCKETCHAT_URL, ROCKETCHAT_API_URL: 'http://rocketchat:3000/chat/' });
    expect(inside.rocketChat).toMatchObject({ url: 'https://chat.example.org', apiUrl: 'http://rocketchat:3000/chat' });
  });

  it.each([
    ['local', '', true],
    ['local', 'off', false],
    ['production', '', false],
    ['production', 'on', true],
  ])('let the server set it up by itself: mode %s, ROCKETCHAT_AUTO_APPLY=%s → %s', (mode, given, expected) => {
    const env = { BESEDKA_MODE: mode, PUBLIC_URL: 'https://portal.example.org', ROCKETCHAT_AUTO_APPLY: given };
    expect(load(env).rocketChat.autoApply).toBe(expected);
  });

  it('take a token in place of a sign-in', () => {
    const token = { ROCKETCHAT_ADMIN_ID: 'id', ROCKETCHAT_ADMIN_TOKEN: 'token' };
    expect(load(token).rocketChat.admin).toEqual({ kind: 'token', userId: 'id', token: 'token' });
  });

  it.each([
    [{ ROCKETCHAT_ADMIN_USER: 'sesame' }],
    [{ ROCKETCHAT_ADMIN_PASSWORD: 'sesame' }],
    [{ ROCKETCHAT_ADMIN_TOKEN: 'sesame' }],
    [{ ROCKETCHAT_CLIENT_SECRET: 'sesame' }],
    [{ ROCKETCHAT_MODE: 'sesame' }],
    [{ ROCKETCHAT_API_URL: 'sesame' }],
    [{ ROCKETCHAT_MONGO_URL: 'https://sesame' }],
    [{ ROCKETCHAT_UNREAD_CALLS_PER_MINUTE: 'sesame' }],
    [{ ROCKETCHAT_PORTAL_URL: 'sesame' }],
    [{ ROCKETCHAT_AUTO_APPLY: 'sesame' }],
  ])('refuse a half or wrong value, naming the variable and never the value: %j', (env: Record<string, string>) => {
    const [name] = Object.keys(env);
    let sentence = '';
    try {
      load(env);
    } catch (error) {
      sentence = (error as Error).message;
    }
    expect(sentence).toContain(name);
    expect(sentence).not.toContain('sesame');
  });

  it('and every other variable stand in docs/configuration.md, and no others', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/configuration.md'), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const documented = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
    );
    expect([...documented].sort()).toEqual([...ENV_NAMES].sort());
  });
});
