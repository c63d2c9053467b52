import { rocketChatBackupFile, rocketChatRestored, rocketChatRestorePlan } from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { systemContext } from '../../../src/common/context/request-context.js';
import { newId } from '../../../src/common/ids.js';
import { parseBackup } from '../../../src/modules/rocketchat-bridge/backup-content.js';
import { BackupService } from '../../../src/modules/rocketchat-bridge/backup.service.js';
import { BackupsRepository } from '../../../src/modules/rocketchat-bridge/backups.repository.js';
import { RollbackService } from '../../../src/modules/rocketchat-bridge/rollback.service.js';
import { ADMIN, type Bridge, startServer, useBridges } from '../../support/rocketchat/bridge.js';
import { deaths, dyingAfter, stateOf } from '../../support/rocketchat/killed.js';

const OAUTH = 'Accounts_OAuth_Custom-Besedka';
const ctx = systemContext('test');
const AUTH_SECRET = 'kP3vXq7LZtB9wYs2NfHc6RjDm4GaUe8T';

/** Somebody whom the portal knows, with these groups. */
async function person(besedka: Bridge, username: string, groups: readonly string[], status = 'active'): Promise<void> {
  await besedka.sql(`INSERT INTO users (id, username, full_name, status) VALUES (gen_random_uuid(), $1, $1, $2)`, [
    username,
    status,
  ]);
  await besedka.sql(
    `INSERT INTO roles (key, title, level, groups) VALUES ($1, $1, 1, $2) ON CONFLICT (key) DO NOTHING`,
    [`role_${username}`, groups],
  );
  await besedka.sql(`INSERT INTO user_roles (user_id, role_key) SELECT id, $2 FROM users WHERE username = $1`, [
    username,
    `role_${username}`,
  ]);
}

const vipOf = (server: RocketChatDouble) =>
  [...server.state.rooms.values()].find(({ fname }) => fname === 'VIP Беседка');

function membersOf(server: RocketChatDouble, title: string): string[] {
  const room = [...server.state.rooms.values()].find(({ fname }) => fname === title);
  return [...server.state.subscriptions.values()]
    .filter(({ rid }) => rid === room?._id)
    .map(({ u }) => u.username)
    .sort();
}

describe('rocketchat backup, restore and rollback', () => {
  const { server, bridge, close } = useBridges();

  /** A server that was set up, and whose admin has changed a thing or two besides. */
  async function grown(...args: Parameters<typeof startServer>) {
    const rocket = await server(...args);
    const besedka = await bridge(rocket, { AUTH_SECRET });
    await besedka.apply();
    rocket.set('Site_Name', 'Наш чат');
    rocket.set('Message_ErasureType', 'Keep');
    return { rocket, besedka };
  }

  it.each(['8.9', '7.x', '9.0'] as const)(
    'F05 a server that lost everything is what it was after one command: %s',
    async (profile) => {
      const { rocket, besedka } = await grown({ profile });
      const file = await besedka.get(BackupService).create(ctx);
      expect(rocketChatBackupFile.parse(file)).toEqual(file);

      const empty = await server({ profile });
      const again = await bridge(empty, { AUTH_SECRET });
      const restored = await again.get(BackupService).restore(ctx, file);
      expect(rocketChatRestored.parse(restored)).toEqual(restored);
      expect(restored.remaining).toEqual([]);
      expect(restored.skipped).toEqual([{ kind: 'webhook', id: 'notices.token', reason: 'made_anew' }]);
      // Its own address is another one here; everything else is the same, what nobody of us had set included.
      expect(empty.setting('Site_Url')).toBe(rocket.url);
      expect(stateOf(empty)).toEqual(stateOf(rocket));
      expect(empty.setting(`${OAUTH}-secret`)).toEqual(rocket.setting(`${OAUTH}-secret`));
      expect(empty.setting(`${OAUTH}-id`)).toEqual(rocket.setting(`${OAUTH}-id`));

      empty.calls.length = 0;
      expect((await again.get(BackupService).restore(ctx, file)).changed).toEqual([]);
      expect(empty.writes).toEqual([]);
    },
  );

  it('F05 a server that does not tell what it came with is kept as a whole', async () => {
    const { rocket, besedka } = await grown();
    besedka.talk = {
      fetch: async (input, init) => {
        const answer = await fetch(input, init);
        if (!new URL(String(input)).pathname.endsWith('/api/v1/settings')) return answer;
        const body = (await answer.json()) as { settings: Record<string, unknown>[] };
        const settings = body.settings.map(({ packageValue: _default, type: _type, ...setting }) => setting);
        return Response.json({ ...body, settings });
      },
    };
    const file = await besedka.get(BackupService).create(ctx);
    expect(file.settings).toMatchObject({ Site_Name: 'Наш чат', API_Default_Count: 50 });
    const empty = await server();
    const again = await bridge(empty, { AUTH_SECRET });
    expect((await again.get(BackupService).restore(ctx, file)).remaining).toEqual([]);
    expect(stateOf(empty)).toEqual(stateOf(rocket));
  });

  it('F05 the plan of a restore names every value that differs, and writes nothing', async () => {
    const { rocket, besedka } = await grown();
    const file = await besedka.get(BackupService).create(ctx);
    rocket.set('Site_Name', 'Rocket.Chat');
    rocket.set(`${OAUTH}-secret`, 'changed-by-hand');
    const vip = vipOf(rocket);
    if (vip) vip.topic = 'mine';
    rocket.calls.length = 0;
    const plan = await besedka.get(BackupService).restorePlan(file);
    expect(rocketChatRestorePlan.parse(plan)).toEqual(plan);
    expect(plan.differences).toEqual([
      { kind: 'setting', id: 'Site_Name', from: 'Rocket.Chat', to: 'Наш чат' },
      { kind: 'channel', id: 'vip.topic', from: 'mine', to: '👑 VIP Беседка' },
      { kind: 'provider', id: `${OAUTH}-secret`, from: '(another secret)', to: '(secret of the backup)' },
    ]);
    expect(rocket.writes).toEqual([]);
  });

  it('no secret can be read in a backup, in the database, in plans or in the log', async () => {
    const { rocket, besedka } = await grown();
    const secrets = [
      String(rocket.setting(`${OAUTH}-secret`)),
      ...[...rocket.state.integrations.values()].map(({ token }) => token),
      ADMIN.password,
    ];
    expect(secrets).toHaveLength(4);
    const file = await besedka.get(BackupService).create(ctx);
    const restored = await besedka.get(BackupService).restore(ctx, file);
    const rolledBack = await besedka.get(RollbackService).rollback(ctx);
    const everything = JSON.stringify([
      ...[file, restored, rolledBack],
      await besedka.sql('SELECT * FROM rocketchat_backups'),
      await besedka.sql('SELECT * FROM audit_log'),
    ]);
    for (const secret of secrets) expect(everything).not.toContain(secret);
    expect(file.settings[`${OAUTH}-secret`]).toEqual({ sealed: expect.any(String) as unknown });
  });

  it('another portal restores everything but the secrets, and says so', async () => {
    const { besedka } = await grown();
    const file = await besedka.get(BackupService).create(ctx);
    const empty = await server();
    const other = await bridge(empty, { AUTH_SECRET: 'Zt7Lq2Xb9NfHc6RjDm4GaUe8TwYs5kPv3' });
    const { skipped, remaining } = await other.get(BackupService).restore(ctx, file);
    expect(remaining).toEqual([]);
    expect(skipped).toEqual(
      expect.arrayContaining([
        { kind: 'provider', id: `${OAUTH}-secret`, reason: 'sealed_elsewhere' },
        { kind: 'webhook', id: 'messages.token', reason: 'sealed_elsewhere' },
      ]),
    );
    expect(vipOf(empty)?.topic).toBe('👑 VIP Беседка');
  });

  it('members come back with their marks; nobody is let in whom the portal’s roles keep out, and who is gone is told', async () => {
    const { rocket, besedka } = await grown();
    for (const name of ['vera', 'fired', 'guest', 'gone']) rocket.make.user(name);
    await person(besedka, 'vera', ['vip']);
    await person(besedka, 'fired', ['admin', 'vip']);
    const vip = vipOf(rocket);
    for (const name of ['vera', 'fired', 'guest', 'gone']) rocket.make.member(vip ?? '', name);
    const key = (name: string) =>
      `${vip?._id}/${[...rocket.state.users.values()].find(({ username }) => username === name)?._id}`;
    const guest = rocket.state.subscriptions.get(key('guest'));
    if (guest) guest.roles = ['moderator'];
    const file = await besedka.get(BackupService).create(ctx);

    for (const name of ['vera', 'fired', 'guest', 'gone']) rocket.state.subscriptions.delete(key(name));
    rocket.make.user('newcomer');
    rocket.make.member(vip ?? '', 'newcomer');
    const gone = [...rocket.state.users.values()].find(({ username }) => username === 'gone');
    rocket.state.users.delete(gone?._id ?? '');
    await besedka.sql(`UPDATE users SET status = 'disabled' WHERE username = 'fired'`);
    const restored = await besedka.get(BackupService).restore(ctx, file);
    expect(restored.changed).toEqual([
      { kind: 'member', id: 'vip.vera', from: null, to: ['member'] },
      { kind: 'member', id: 'vip.guest', from: null, to: ['member', 'moderator'] },
    ]);
    expect(restored.skipped).toEqual([
      { kind: 'member', id: 'general.gone', reason: 'no_such_account' },
      { kind: 'member', id: 'vip.fired', reason: 'not_allowed' },
      { kind: 'member', id: 'vip.gone', reason: 'no_such_account' },
    ]);
    expect(membersOf(rocket, 'VIP Беседка')).toEqual([ADMIN.username, 'guest', 'newcomer', 'vera']);
    expect(rocket.state.subscriptions.get(key('guest'))?.roles).toEqual(['moderator']);
  });

  it.each(['8.9', '7.x', '9.0'] as const)(
    'F30 rollback on %s returns to the state before the last apply, and the plan shows what apply would do again',
    async (profile) => {
      // More sign-ins in a minute than the limiter lets through.
      const rocket = await server({ profile, limiter: false });
      rocket.set('Unread_Count', 'user_mentions_only');
      const before = stateOf(rocket) as { rooms: unknown[] };
      const besedka = await bridge(rocket);
      await expect(besedka.get(RollbackService).rollback(ctx)).rejects.toThrow(/^There is nothing to take back/);
      const planned = await besedka.plan();
      await besedka.apply();
      await besedka.apply();
      expect(await besedka.sql('SELECT reason FROM rocketchat_backups')).toEqual([{ reason: 'apply' }]);

      const { differences } = await besedka.get(RollbackService).plan();
      expect(differences.length).toBeGreaterThan(8);
      const rolledBack = await besedka.get(RollbackService).rollback(ctx);
      expect(rolledBack.changed).toEqual(differences);
      expect(rolledBack.remaining).toEqual([]);
      const after = stateOf(rocket) as { rooms: { fname?: string }[] };
      // What people may have written in stays, archived.
      const made = [...rocket.state.rooms.values()].filter(({ archived }) => archived === true);
      expect(made.map(({ fname }) => fname).sort()).toEqual(['VIP Беседка', 'Модераторы']);
      const general = rocket.state.rooms.get('GENERAL');
      expect([general?.name, general?.topic ?? '', general?.announcement ?? '']).toEqual(['general', '', '']);
      expect({ ...after, rooms: [] }).toEqual({ ...before, rooms: [] });
      expect(rocket.setting(OAUTH)).toBeUndefined();

      const again = await besedka.plan();
      const kinds = (list: typeof planned.differences) => [...new Set(list.map(({ kind }) => kind))];
      expect(kinds(again.differences)).toEqual(expect.arrayContaining(kinds(planned.differences).slice(0, 3)));
      expect(again.differences).toContainEqual({ kind: 'channel', id: 'vip.archived', from: true, to: false });
      expect((await besedka.get(RollbackService).rollback(ctx)).changed).toEqual([]);
      expect((await besedka.apply()).remaining).toEqual([]);
      expect((await besedka.plan()).differences).toEqual([]);
    },
  );

  it('F30 an apply that was cut off is taken back as a whole, also when it was run again', async () => {
    const rocket = await server();
    const before = stateOf(rocket);
    const besedka = await bridge(rocket);
    for (const writes of [1, 4, 3]) {
      besedka.talk = dyingAfter(writes);
      await expect(besedka.apply()).rejects.toThrow();
    }
    besedka.talk = {};
    await besedka.apply();
    await besedka.get(RollbackService).rollback(ctx);
    expect(stateOf(rocket)).toMatchObject({ ...(before as object), rooms: expect.anything() as unknown });
  });

  it.each(['restore', 'rollback'] as const)(
    '%s, killed in any of its steps, is finished by the next run',
    async (what) => {
      const whole = await grown();
      const file = await whole.besedka.get(BackupService).create(ctx);
      /** A server to take back, and the command that does it. */
      const begin = async () => {
        const rocket = await server();
        const besedka = await bridge(rocket, { AUTH_SECRET });
        if (what === 'rollback') await besedka.apply();
        rocket.calls.length = 0;
        const run = () =>
          what === 'restore'
            ? besedka.get(BackupService).restore(ctx, file)
            : besedka.get(RollbackService).rollback(ctx);
        return { rocket, besedka, run };
      };
      const smooth = await begin();
      await smooth.run();
      const moments = deaths(smooth.rocket, 'each kind');
      expect(moments.length).toBeGreaterThan(5);
      for (const after of moments) {
        const { rocket, besedka, run } = await begin();
        besedka.talk = dyingAfter(after);
        await expect(run()).rejects.toThrow();
        expect(rocket.writes.length).toBe(after);
        besedka.talk = {};
        expect((await run()).remaining).toEqual([]);
        expect(stateOf(rocket)).toEqual(stateOf(smooth.rocket));
        rocket.calls.length = 0;
        await run();
        expect(rocket.writes).toEqual([]);
        await close(4);
      }
    },
    240_000,
  );

  it('keeps the last ten, and always the one to return to', async () => {
    const { besedka } = await grown();
    const repository = besedka.get(BackupsRepository);
    const file = await besedka.get(BackupService).create(ctx);
    for (let n = 0; n < 12; n += 1) await repository.insert(newId(), 'restore', file);
    const list = await besedka.get(BackupService).list();
    expect(list.map(({ reason }) => reason)).toEqual([...Array<string>(10).fill('restore'), 'apply']);
    expect(list[0]).toMatchObject({ serverVersion: '8.9', channels: 3, settings: expect.any(Number) as unknown });
    const read = await besedka.get(BackupService).read(list.at(-1)?.id ?? '');
    expect(rocketChatBackupFile.parse(read)).toEqual(read);
  });

  it('F14 a reserved name in a file is refused before anything is sent; a channel that nobody knows is left out', async () => {
    const { rocket, besedka } = await grown();
    const file = await besedka.get(BackupService).create(ctx);
    const [general, ...others] = file.channels;
    rocket.calls.length = 0;
    const reserved = { ...file, channels: [{ ...general!, title: 'Admin' }, ...others] };
    await expect(besedka.get(BackupService).restore(ctx, reserved)).rejects.toThrow(/"Admin": Rocket\.Chat reserves/);
    const foreign = { ...file, channels: [...file.channels, { ...general!, key: 'kitchen', roomId: 'x' }] };
    expect(await besedka.get(BackupService).restore(ctx, foreign)).toMatchObject({
      changed: [],
      skipped: [{ kind: 'channel', id: 'kitchen', reason: 'unknown_here' }],
    });
    expect(rocket.writes).toEqual([]);
  });

  it('what is no backup of ours is refused in one sentence', async () => {
    const { besedka } = await grown();
    const file = await besedka.get(BackupService).create(ctx);
    expect(parseBackup(JSON.stringify(file))).toEqual(file);
    expect(parseBackup('{')).toBe('This file is no JSON document.');
    expect(parseBackup('{"a":1}')).toMatch(/^This file is no backup/);
    expect(parseBackup(JSON.stringify({ ...file, formatVersion: 9 }))).toMatch(/format version 9; this build reads 1/);
    expect(parseBackup(JSON.stringify({ ...file, channels: [{}] }))).toBe(
      'This backup is damaged at "channels.0.key".',
    );
  });
});
