import type { RocketChatRooms } from '@besedka/contracts';
import { Person } from '../../support/realtime/people.js';
import { ChatWriter } from '../../support/rocketchat/chat-writer.js';
import { findMongo, openMongoStore } from '../../support/rocketchat/mongo.js';
import { RoomsDevice, UnreadWorld } from '../../support/rocketchat/unread-world.js';
import { createTestDatabase } from '../../support/test-database.js';

const list = (person: Person) => person.http<RocketChatRooms>('GET', 'rocketchat/rooms');

const mongo = await findMongo();
afterAll(() => mongo.close());

describe('where unread numbers come from', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const device = async (person: Person): Promise<RoomsDevice> => {
    const one = await RoomsDevice.open(person);
    open.push({ close: () => Promise.resolve(one.socket.close()) });
    return one;
  };

  it('a MongoDB that cannot be reached: over REST. The portal starts, is ready, and after a restart without Rocket.Chat shows what was last known', async () => {
    const database = await createTestDatabase();
    open.push({ close: () => database.drop() });
    const env = { ROCKETCHAT_MONGO_URL: 'mongodb://nobody:secret-of-mongo@127.0.0.1:1/rocketchat' };
    const world = opened(await UnreadWorld.open(env, database.url));
    expect((await world.app.http().get('/readyz')).status).toBe(200);
    const [ann, bob] = [await world.person('ann'), await world.person('bob')];
    const rooms = ['one', 'two'].map((name) => world.rocket.make.channel(name, bob.username, [ann.username]));
    world.addWebhook();
    const phone = await device(ann);
    await phone.until(() => phone.source === 'rest' && phone.rooms.size >= 2, 'REST');
    for (const room of [...rooms].reverse()) {
      world.rocket.make.message(room, bob.username, 'hello');
      await world.rocket.webhooksIdle();
      await phone.until(() => phone.rooms.get(room._id)?.unread === 2, 'a message');
    }
    const known = ['one', 'two'];
    expect(phone.order.filter((title) => known.includes(title))).toEqual(known);
    expect(JSON.stringify(world.app.logs)).not.toContain('secret-of-mongo');

    await world.rocket.stop();
    await world.restart(env, database.url);
    const again = await Person.signIn(world.app.url, ann.username, ann.password);
    const { source, items } = await list(again);
    expect(source).toBe('none');
    expect(items.filter(({ title }) => known.includes(title)).map(({ title, unread }) => `${title} ${unread}`)).toEqual(
      [...['one 2', 'two 2']],
    );
    const back = await device(again);
    expect([back.source, back.rooms.size]).toEqual(['none', items.length]);
    await world.rocket.start();
    await back.until(() => back.source === 'rest', 'back');
    expect(back.order.filter((title) => known.includes(title))).toEqual(known);
  }, 60_000);

  it('without Rocket.Chat nothing of it runs', async () => {
    const world = opened(await UnreadWorld.open({ ROCKETCHAT_URL: '', ROCKETCHAT_MONGO_URL: 'mongodb://127.0.0.1:1' }));
    const ann = await world.person('ann');
    expect(await list(ann)).toEqual({ source: 'none', items: [] });
    const socket = opened(await socketOf(ann));
    expect(socket.device.heard.map(({ event }) => event)).not.toContain('rocketchat:rooms');
    expect(world.rocket.calls).toEqual([]);
    expect(
      await world.sql('SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()', [
        'besedka-rocketchat',
      ]),
    ).toEqual([]);
  });

  it('two processes: one follows, the other takes over when it ends', async () => {
    const database = await createTestDatabase();
    open.push({ close: () => database.drop() });
    const world = opened(await UnreadWorld.open({}, database.url));
    const ann = await world.person('ann');
    const first = await device(ann);
    await first.until(() => first.source === 'rest');
    const second = opened(await UnreadWorld.beside(world, database.url));
    const there = await device(await Person.signIn(second.app.url, ann.username, ann.password));
    expect(there.source).toBe('none');
    await world.app.close();
    await there.until(() => there.source === 'rest', 'taken over');
  });

  const test = 'url' in mongo ? it : it.skip;
  test(`MongoDB: to all devices over real sockets, and on after a restart${'url' in mongo ? '' : ` (${mongo.reason})`}`, async () => {
    if (!('url' in mongo)) return;
    const store = opened(openMongoStore(mongo.url));
    const chat = new ChatWriter(store);
    const database = await createTestDatabase();
    open.push({ close: () => database.drop() });
    const env = { ROCKETCHAT_MONGO_URL: store.url, ROCKETCHAT_ADMIN_USER: '', ROCKETCHAT_ADMIN_PASSWORD: '' };
    const world = opened(await UnreadWorld.open(env, database.url));
    const ann = await world.person('ann');
    const account = world.accountOf(ann);
    for (const room of ['red', 'green']) for (const one of [account, 'bob']) await chat.join(room, one);
    const [phone, desk] = [await device(ann), await device(ann)];
    for (const room of ['red', 'green', 'red']) await chat.post(room, 'bob');
    for (const one of [phone, desk]) {
      await one.until(() => one.source === 'change-stream' && one.rooms.get('red')?.unread === 3, 'red');
      await one.until(() => one.order.join() === 'red,green', 'order');
    }
    await chat.read('red', account);
    for (const one of [phone, desk]) await one.until(() => one.rooms.get('red')?.unread === 0, 'read');

    await world.app.close();
    await chat.post('green', 'bob');
    await world.restart(env, database.url);
    const back = await device(await Person.signIn(world.app.url, ann.username, ann.password));
    await back.until(() => back.rooms.get('green')?.unread === 3 && back.order.join() === 'green,red', 'caught up');
    expect([...phone.faults, ...desk.faults, ...back.faults]).toEqual([]);
  });
});

async function socketOf(person: Person) {
  const device = await person.socket();
  return { device, close: () => Promise.resolve(device.close()) };
}
