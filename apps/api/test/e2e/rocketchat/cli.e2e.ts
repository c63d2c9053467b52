import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { DriftService } from '../../../src/modules/rocketchat-bridge/drift.service.js';
import { ADMIN, openBridge, PORTAL, portalEnv, startServer } from '../../support/rocketchat/bridge.js';
import { type CommandEnd, startCommand } from '../../support/rocketchat/cli.js';
import { createTestDatabase } from '../../support/test-database.js';

describe('the command line of rocketchat plan and apply', () => {
  let server: RocketChatDouble;
  let database: { url: string; drop(): Promise<void> };
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-cli-'));
  beforeAll(async () => {
    // More sign-ins in a minute than the limiter lets through.
    server = await startServer({ limiter: false });
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const besedka = (args: readonly string[], env: Record<string, string> = {}): Promise<CommandEnd> =>
    startCommand(args, {
      BESEDKA_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      PUBLIC_URL: PORTAL,
      ...portalEnv(server),
      ...env,
    }).ended;

  it('plan ends with 2, apply with 0, and after it plan with 0; --json is one document', async () => {
    const plan = await besedka(['plan', '--json']);
    expect([plan.code, plan.err]).toEqual([2, '']);
    const facts = JSON.parse(plan.out) as { version: string; mode: string; differences: { id: string }[] };
    expect(facts).toMatchObject({ version: '8.9', mode: 'oauth' });
    expect(facts.differences.map(({ id }) => id)).toContain('vip.title');
    expect(server.writes).toEqual([]);

    const apply = await besedka(['apply']);
    expect(apply.code).toBe(0);
    expect(apply.out).toMatch(/^Rocket\.Chat 8\.9, sign-in mode oauth\n/);
    expect(apply.out).toMatch(/^channel +vip\.title: nothing → "VIP Беседка"$/m);
    expect(apply.err).toMatch(/^settings: \d+ to change\npermissions: 1 to change\nchannels: /);
    const secret = String(server.setting('Accounts_OAuth_Custom-Besedka-secret'));
    expect(secret).toMatch(/^bsk_/);
    expect(apply.out + apply.err + plan.out).not.toContain(secret);
    expect(apply.out + apply.err + plan.out).not.toContain(ADMIN.password);

    const after = await besedka(['plan']);
    expect([after.code, after.out]).toEqual([
      0,
      'Rocket.Chat 8.9, sign-in mode oauth\nEverything is as it shall be.\n',
    ]);
    const again = await besedka(['apply', '--json']);
    expect([again.code, JSON.parse(again.out)]).toEqual([
      0,
      { version: '8.9', mode: 'oauth', warnings: [], changed: [], remaining: [] },
    ]);
  }, 60_000);

  it('backup, restore and rollback: a plan first, exact exit codes, no secret on either channel', async () => {
    const secret = String(server.setting('Accounts_OAuth_Custom-Besedka-secret'));
    const file = join(dataDir, 'backup.json');
    const backup = await besedka(['backup', file]);
    expect([backup.code, backup.err]).toEqual([0, '']);
    expect(backup.out).toMatch(/^Rocket\.Chat 8\.9: \d+ settings, 3 channels with \d+ memberships, 2 webhooks in /);
    expect(statSync(file).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
    expect((await besedka(['backup', file])).err).toBe(
      `The file ${file} is there already and is not written over: choose another name.\n`,
    );

    server.set('Unread_Count', 'user_mentions_only');
    const plan = await besedka(['restore', file]);
    expect(plan.code).toBe(2);
    expect(plan.out).toMatch(/^setting +Unread_Count: "user_mentions_only" → "all_messages"$/m);
    expect(plan.out).toMatch(/^1 difference; nothing was changed\./m);
    expect(server.setting('Unread_Count')).toBe('user_mentions_only');
    const restored = await besedka(['restore', '--yes', file, '--json']);
    expect([restored.code, restored.err]).toEqual([0, 'settings: 1 to change\n']);
    expect(JSON.parse(restored.out)).toMatchObject({ changed: [{ id: 'Unread_Count' }], remaining: [] });
    expect(server.setting('Unread_Count')).toBe('all_messages');

    const kept = JSON.parse((await besedka(['backups', '--json'])).out) as {
      backups: { id: string; reason: string }[];
    };
    expect(kept.backups.map(({ reason }) => reason)).toEqual(['restore', 'apply']);
    const rollback = await besedka(['rollback']);
    expect(rollback.code).toBe(0);
    expect(rollback.out).toMatch(/^channel +vip\.archived: false → true$/m);
    // The page says so at once.
    const seen = await openBridge(server, { DATABASE_URL: database.url });
    expect((await seen.get(DriftService).last())?.differences.map(({ id }) => id)).toContain('vip.archived');
    await seen.close();
    expect((await besedka(['rollback', '--plan'])).code).toBe(0);
    const again = await besedka(['restore', '--kept', kept.backups[0]?.id ?? '']);
    expect([again.code, again.out.includes('vip.archived')]).toEqual([2, true]);
    expect((await besedka(['apply'])).code).toBe(0);
    const everything = JSON.stringify([backup, plan, restored, rollback, kept, readFileSync(file, 'utf8')]);
    for (const one of [secret, ADMIN.password]) expect(everything).not.toContain(one);
  }, 120_000);

  it('verify says in words what is wrong and what mends it', async () => {
    const { sql, close } = await openBridge(server, { DATABASE_URL: database.url });
    // As the first start of a server leaves it.
    await sql("INSERT INTO roles (key, title, level, groups) VALUES ('user', 'user', 10, '{user}')");
    await close();
    const verify = await besedka(['verify']);
    expect(verify.code).toBe(2);
    expect(verify.out).toMatch(/^ok {6}Rocket\.Chat offers the sign-in of this portal$/m);
    // No portal is running at this address.
    expect(verify.out).toMatch(
      /^FAILED {2}a person of the portal is signed in there\n +The portal does not answer at /m,
    );
    expect(verify.out).toMatch(/^ok {6}the test account is removed on both sides$/m);
    expect(verify.err).toMatch(/^Rocket\.Chat offers the sign-in of this portal …$/m);
  }, 60_000);

  it('ends with 1 and one sentence', async () => {
    const failed = await besedka(['plan'], { ROCKETCHAT_MODE: 'iframe-token', ROCKETCHAT_ADMIN_PASSWORD: 'wrong-one' });
    expect([failed.code, failed.out]).toEqual([1, '']);
    expect(failed.err).toMatch(/^Rocket\.Chat refused the sign-in of the admin account[^\n]*\n$/);
    expect(failed.err).not.toContain('wrong-one');
    const half = await besedka(['apply', '--json'], { ROCKETCHAT_CLIENT_ID: 'alone' });
    expect([half.code, half.err]).toEqual([
      1,
      'ROCKETCHAT_CLIENT_ID and ROCKETCHAT_CLIENT_SECRET belong together: set both or none.\n',
    ]);
  }, 60_000);

  it('a file that is none, and a backup that was not kept, are told in one sentence', async () => {
    const nothing = await besedka(['restore', join(dataDir, 'nothing.json')]);
    expect([nothing.code, nothing.err]).toEqual([
      1,
      expect.stringMatching(/^The file .* cannot be read \(ENOENT\)\.\n$/),
    ]);
    expect((await besedka(['restore', '--kept', 'x'])).err).toBe('No such backup was kept: see rocketchat backups.\n');
  }, 60_000);

  it('ends with 64 when it is called wrongly', async () => {
    expect((await besedka(['plan', '--force'])).code).toBe(64);
    expect((await besedka([])).code).toBe(64);
    const restore = await besedka(['restore']);
    expect([restore.code, restore.out]).toEqual([64, '']);
    expect(restore.err).toMatch(/^Name a file, or with --kept one of rocketchat backups\.\n\nUsage: /);
  }, 60_000);
});
