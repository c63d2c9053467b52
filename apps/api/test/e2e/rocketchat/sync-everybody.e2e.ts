import type { User } from '@besedka/contracts';
import { systemContext } from '../../../src/common/context/request-context.js';
import { DriftSchedule } from '../../../src/modules/rocketchat-bridge/drift.schedule.js';
import { DriftService } from '../../../src/modules/rocketchat-bridge/drift.service.js';
import { ProvisioningService } from '../../../src/modules/rocketchat-bridge/provisioning.service.js';
import { Everybody } from '../../../src/modules/rocketchat-bridge/sync/everybody.js';
import { RocketChatConnection } from '../../../src/modules/rocketchat-bridge/rocketchat-connection.js';
import { createUser } from '../../support/accounts/accounts.js';
import { openBridge } from '../../support/rocketchat/bridge.js';
import { SyncWorld } from '../../support/rocketchat/sync-world.js';

const ctx = systemContext('test');

describe('what was changed by hand in Rocket.Chat is found for everybody at once', () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await SyncWorld.open();
  });
  afterAll(() => world?.close());
  afterEach(() => world.server.faults.clear());

  /** Somebody with a way of being handled, all known to be right an hour ago. */
  async function people(): Promise<Record<'asleep' | 'renamed' | 'marked' | 'gone' | 'deleted' | 'awake', User>> {
    const made = {
      asleep: await createUser(world.owner),
      renamed: await createUser(world.owner, { email: `renamed-${Date.now()}@example.org` }),
      marked: await createUser(world.owner, { roles: ['moderator'] }),
      gone: await createUser(world.owner, { roles: ['moderator'] }),
      deleted: await createUser(world.owner),
      awake: await createUser(world.owner),
    };
    await world.change(made.awake, { status: 'disabled' });
    await world.settled();
    await world.sql("UPDATE rocketchat_links SET synced_at = now() - interval '1 hour'");
    return made;
  }
  type People = Awaited<ReturnType<typeof people>>;

  /** An account is switched off, one renamed, one switched on: nothing that a plan of settings and channels shows. */
  function handleAccounts({ asleep, renamed, awake }: People): void {
    world.account(asleep.username)!.active = false;
    Object.assign(world.account(renamed.username)!, {
      username: `${renamed.username}.else`,
      name: 'Somebody Else',
      emails: [{ address: 'else@example.org', verified: true }],
    });
    world.account(awake.username)!.active = true;
  }

  /** A moderator loses the mark, another one the channels, and somebody the account. */
  async function handleRooms({ marked, gone, deleted }: People): Promise<void> {
    const rooms = await world.sql<{ roomId: string }>('SELECT room_id AS "roomId" FROM rocketchat_rooms');
    for (const { roomId } of rooms) {
      const mark = world.server.state.subscriptions.get(`${roomId}/${world.account(marked.username)!._id}`);
      if (mark !== undefined) mark.roles = [];
      world.server.state.subscriptions.delete(`${roomId}/${world.account(gone.username)!._id}`);
    }
    const { client } = world.app.get(RocketChatConnection);
    await client.users.delete(world.account(deleted.username)!._id);
  }

  async function expectMended({ asleep, renamed, marked, gone, deleted, awake }: People): Promise<void> {
    expect(world.account(asleep.username)).toMatchObject({ active: true });
    expect(world.account(renamed.username)).toMatchObject({
      name: renamed.fullName,
      emails: [{ address: renamed.email, verified: true }],
    });
    for (const { username } of [marked, gone]) {
      expect(await world.places(username)).toEqual({ general: 'moderator', moderators: 'moderator' });
    }
    expect(await world.places(deleted.username)).toEqual({ general: 'member' });
    expect(world.account(awake.username)).toMatchObject({ active: false });
    expect(await world.waiting()).toBe(0);
    // Also those who were right all the time have been looked at.
    expect(await world.sql("SELECT 1 FROM rocketchat_links WHERE synced_at < now() - interval '30 minutes'")).toEqual(
      [],
    );
  }

  it('F28 by `apply`, also one that wrote nothing itself', async () => {
    const made = await people();
    handleAccounts(made);
    expect((await world.app.get(ProvisioningService).apply(ctx)).changed).toEqual([]);
    await world.settled();
    await handleRooms(made);
    await world.app.get(ProvisioningService).apply(ctx);
    await world.settled();
    await expectMended(made);
  });

  it('F28 by `apply` on the command line: the server does what it found', async () => {
    const besedka = await openBridge(world.server, { DATABASE_URL: world.app.databaseUrl });
    try {
      const made = await people();
      handleAccounts(made);
      await handleRooms(made);
      await besedka.apply();
      await world.settled();
      await expectMended(made);
    } finally {
      await besedka.close();
    }
  });

  it('F28 every night; the audit log tells of channels, and nobody is asked to mend them', async () => {
    const made = await people();
    handleAccounts(made);
    await handleRooms(made);
    await world.sql("UPDATE rocketchat_drift SET claimed_at = claimed_at - interval '2 days'");
    expect(await world.app.get(DriftSchedule).look(new Date())).toBe(true);
    const kept = (await world.app.get(DriftService).last())?.differences ?? [];
    expect(kept.filter(({ kind }) => kind === 'member')).toEqual([]);
    const [told] = await world.sql<{ facts: { ids: string[] } }>(
      "SELECT facts FROM audit_log WHERE key = 'rocketchat.drift' ORDER BY id DESC LIMIT 1",
    );
    expect(told?.facts.ids).toContain(`general.${made.gone.username}`);
    await world.settled();
    await expectMended(made);
  });

  it('asks for a page of people at a time, and one by one only for those who differ', async () => {
    await world.settled();
    for (let number = 0; number < 120; number += 1) world.server.make.user(`stranger_${number}`);
    const [asleep] = [await createUser(world.owner)];
    await world.settled();
    world.account(asleep.username)!.active = false;
    world.server.calls.length = 0;
    const { client } = world.app.get(RocketChatConnection);
    await world.app.get(Everybody).look(ctx, client);
    await world.settled();
    const asked = (path: string) => world.server.calls.filter((call) => call.path === `/api/v1/${path}`).length;
    expect(asked('users.list')).toBe(Math.ceil(world.server.state.users.size / 100));
    expect(asked('users.info')).toBe(1);
    expect(world.server.writes.map(({ path }) => path)).toEqual(['/api/v1/users.setActiveStatus']);
    expect(world.account(asleep.username)?.active).toBe(true);
  });

  it('a server that does not tell addresses in its list is not asked about everybody', async () => {
    await world.settled();
    world.server.faults.order({ name: 'missing-permission', permission: 'view-full-other-user-info' });
    await world.app.get(Everybody).look(ctx, world.app.get(RocketChatConnection).client);
    expect(await world.waiting()).toBe(0);
  });

  it('where the list is refused, everybody is looked at one by one', async () => {
    const user = await createUser(world.owner);
    await world.settled();
    world.account(user.username)!.active = false;
    world.server.faults.order({ name: 'server-error', route: 'users.list' });
    await world.app.get(Everybody).look(ctx, world.app.get(RocketChatConnection).client);
    world.server.faults.clear();
    await world.settled();
    expect(world.account(user.username)?.active).toBe(true);
  });
});
