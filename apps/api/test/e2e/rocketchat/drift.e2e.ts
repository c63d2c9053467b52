import { rocketChatDrift } from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import { systemContext } from '../../../src/common/context/request-context.js';
import { createLogger } from '../../../src/common/logging/logger.js';
import { DriftRepository } from '../../../src/modules/rocketchat-bridge/drift.repository.js';
import { DriftSchedule } from '../../../src/modules/rocketchat-bridge/drift.schedule.js';
import { DriftService } from '../../../src/modules/rocketchat-bridge/drift.service.js';
import type { RocketChatConnection } from '../../../src/modules/rocketchat-bridge/rocketchat-connection.js';
import { Everybody } from '../../../src/modules/rocketchat-bridge/sync/everybody.js';
import { SyncService } from '../../../src/modules/rocketchat-bridge/sync/sync.service.js';
import { RocketChatConnector } from '../../../src/modules/rocketchat-bridge/rocketchat-connector.js';
import { collectInto } from '../../support/log-lines.js';
import { type Bridge, openBridge, startServer } from '../../support/rocketchat/bridge.js';

const ctx = systemContext('test');
const OAUTH = 'Accounts_OAuth_Custom-Besedka';

describe('what somebody changed in Rocket.Chat by hand', () => {
  let server: RocketChatDouble;
  let besedka: Bridge;
  beforeAll(async () => {
    server = await startServer({ limiter: false });
    besedka = await openBridge(server);
    await besedka.apply();
  });
  afterAll(async () => {
    await besedka.close();
    await server.close();
  });

  it('F05 is named value by value, kept for the page, and told to the audit log without values', async () => {
    const drift = besedka.get(DriftService);
    expect(await drift.last()).toBeNull();
    expect((await drift.check(ctx)).differences).toEqual([]);
    server.set('Unread_Count', 'user_mentions_only');
    server.set(`${OAUTH}-secret`, 'changed-by-hand');
    server.calls.length = 0;
    const found = await drift.check(ctx);
    expect(rocketChatDrift.parse(found)).toEqual(found);
    expect(found.differences).toEqual([
      { kind: 'setting', id: 'Unread_Count', from: 'user_mentions_only', to: 'all_messages' },
      { kind: 'provider', id: `${OAUTH}-secret`, from: '(another secret)', to: '(secret of the application)' },
    ]);
    expect(server.writes).toEqual([]);
    expect(await drift.last()).toEqual(found);
    const log = await besedka.sql("SELECT facts FROM audit_log WHERE key = 'rocketchat.drift'");
    expect(log).toEqual([{ facts: { count: 2, ids: ['Unread_Count', `${OAUTH}-secret`] } }]);
    await besedka.apply();
    expect((await drift.check(ctx)).differences).toEqual([]);
  });

  it('is looked for once a night by one of all processes; a server that is away is told and tried the next night', async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = createLogger({ level: 'info', format: 'json' } as never, collectInto(lines));
    const client = besedka.get(RocketChatConnector).connect();
    const make = () =>
      new DriftSchedule(
        { isConfigured: true, client } as unknown as RocketChatConnection,
        besedka.get(DriftRepository),
        besedka.get(DriftService),
        besedka.get(Everybody),
        logger,
      );
    const processes = [make(), make(), make()];
    const now = new Date();
    const night = async (later: number) => {
      const at = new Date(now.getTime() + later * 86_400_000);
      return (await Promise.all(processes.map((one) => one.look(at)))).filter(Boolean).length;
    };
    expect(await night(0)).toBe(1);
    expect(await night(0)).toBe(0);
    // What was claimed counts by the database's clock, so a night later is a night of another installation's calendar.
    await besedka.sql("UPDATE rocketchat_drift SET claimed_at = claimed_at - interval '1 day'");
    besedka.talk = { fetch: () => Promise.reject(new Error('away')), retry: { attempts: 1 } };
    expect(await night(0)).toBe(0);
    expect(lines.at(-1)).toMatchObject({ msg: 'Rocket.Chat could not be compared' });
    besedka.talk = {};
    expect(await night(0)).toBe(0);
    await besedka.sql("UPDATE rocketchat_drift SET claimed_at = claimed_at - interval '1 day'");
    expect(await night(0)).toBe(1);
    client.close();
  });

  it('F28 who is in which channel is a part of the plan, and apply puts it right', async () => {
    const [person] = await besedka.sql<{ id: string }>(
      `INSERT INTO users (id, username, full_name, status) VALUES (gen_random_uuid(), 'vera', 'Vera', 'active') RETURNING id`,
    );
    const rocket = besedka.get(RocketChatConnector).connect();
    await besedka.get(SyncService).reconcile(rocket, person?.id ?? '');
    rocket.close();
    expect((await besedka.plan()).differences).toEqual([]);
    const vera = [...server.state.users.values()].find(({ username }) => username === 'vera')?._id ?? '';
    const vip = [...server.state.rooms.values()].find(({ fname }) => fname === 'VIP Беседка');
    server.state.subscriptions.delete(`GENERAL/${vera}`);
    server.make.member(vip ?? '', 'vera');
    const places = [
      { kind: 'member', id: 'general.vera', from: null, to: 'member' },
      { kind: 'member', id: 'vip.vera', from: 'member', to: null },
    ];
    expect((await besedka.plan()).differences).toEqual(places);
    const applied = await besedka.apply();
    expect(applied).toMatchObject({ changed: places, remaining: [] });
    expect(server.state.subscriptions.has(`GENERAL/${vera}`)).toBe(true);
    expect(server.state.subscriptions.has(`${vip?._id}/${vera}`)).toBe(false);
    server.calls.length = 0;
    expect((await besedka.apply()).changed).toEqual([]);
    expect(server.writes).toEqual([]);

    // One whom this run could not put right is told.
    server.state.subscriptions.delete(`GENERAL/${vera}`);
    server.faults.order({ name: 'missing-permission', permission: 'add-user-to-joined-room' });
    server.faults.order({ name: 'missing-permission', permission: 'add-user-to-any-c-room' });
    expect(await besedka.apply()).toMatchObject({ changed: [], remaining: [{ kind: 'member', id: 'general.vera' }] });
    server.faults.clear();
  });
});
