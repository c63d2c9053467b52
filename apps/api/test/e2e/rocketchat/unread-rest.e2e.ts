import type { RocketChatRooms } from '@besedka/contracts';
import { RoomsDevice, UnreadWorld } from '../../support/rocketchat/unread-world.js';

describe('rooms and unread numbers of Rocket.Chat over REST', () => {
  let world: UnreadWorld;
  const devices: RoomsDevice[] = [];
  beforeAll(async () => {
    world = await UnreadWorld.open();
    world.addWebhook();
  });
  afterAll(async () => {
    for (const { socket } of devices) socket.close();
    await world?.close();
  });
  const device = async (...args: Parameters<typeof RoomsDevice.open>): Promise<RoomsDevice> => {
    const opened = await RoomsDevice.open(...args);
    devices.push(opened);
    return opened;
  };

  it('lists my rooms: built-in channels first with our titles, conversations by the name of the other person', async () => {
    const [ann, bob] = [await world.person('ann'), await world.person('bob')];
    const { rocket } = world;
    const general = rocket.make.channel('town', ann.username, [bob.username]);
    await world.sql('INSERT INTO rocketchat_rooms (channel, room_id) VALUES ($1, $2)', ['general', general._id]);
    const group = rocket.make.group('cooks', bob.username, [ann.username]);
    const direct = rocket.make.direct(ann.username, bob.username);
    rocket.make.message(direct, bob.username, 'hello');

    const list = await ann.http<RocketChatRooms>('GET', 'rocketchat/rooms');
    expect(list.source).toBe('rest');
    expect((await device(ann)).source).toBe('rest');
    const [first, ...rest] = list.items.filter(({ id }) => [general._id, group._id, direct._id].includes(id));
    expect(first).toMatchObject({
      ...{ id: general._id, kind: 'channel', channelKey: 'general', title: 'Общий чат', icon: '👥' },
      path: '/channel/town',
    });
    expect(rest.map(({ kind, title, path, unread }) => ({ kind, title, path, unread }))).toEqual(
      expect.arrayContaining([
        { kind: 'group', title: 'cooks', path: '/group/cooks', unread: 1 },
        { kind: 'direct', title: bob.me.fullName, path: `/direct/${direct._id}`, unread: 1 },
      ]),
    );
  });
});
