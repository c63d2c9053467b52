import { setTimeout as sleep } from 'node:timers/promises';
import type { RocketChatRooms } from '@besedka/contracts';
import { webhookToken, WEBHOOK_PATH } from '../../../src/modules/rocketchat-bridge/webhook-token.js';
import type { Person } from '../../support/realtime/people.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import { RoomsDevice, UnreadWorld } from '../../support/rocketchat/unread-world.js';

describe('rooms and unread numbers of Rocket.Chat over REST', () => {
  let world: UnreadWorld;
  const devices: RoomsDevice[] = [];
  beforeAll(async () => {
    world = await UnreadWorld.open();
    world.addWebhook();
  });
  afterEach(() => {
    expect(devices.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { socket } of devices.splice(0)) socket.close();
  });
  afterAll(() => world?.close());

  const device = async (person: Person): Promise<RoomsDevice> => {
    const opened = await RoomsDevice.open(person);
    devices.push(opened);
    return opened;
  };
  const list = (person: Person) => person.http<RocketChatRooms>('GET', 'rocketchat/rooms');
  /** Posts as somebody and waits until the webhook has been answered. */
  const post = async (roomId: string, author: Person, text = 'hello') => {
    world.rocket.make.message(roomId, author.username, text);
    await world.rocket.webhooksIdle();
  };
  /** Reads there, and lets the frame say so. */
  const read = async (person: Person, roomId: string) => {
    await world.read(person, roomId);
    await person.http('POST', 'rocketchat/wake', { roomId });
  };
  const pair = async () => [await world.person('ann'), await world.person('bob')] as const;

  it('lists my rooms: built-in channels first with our titles, conversations by the name of the other person', async () => {
    const [ann, bob] = await pair();
    const { rocket } = world;
    const general = rocket.make.channel('town', ann.username, [bob.username]);
    await world.sql('INSERT INTO rocketchat_rooms (channel, room_id) VALUES ($1, $2)', ['general', general._id]);
    const group = rocket.make.group('cooks', bob.username, [ann.username]);
    const direct = rocket.make.direct(ann.username, bob.username);
    await post(direct._id, bob);

    const { source, items } = await list(ann);
    expect(source).toBe('rest');
    const [first, ...rest] = items.filter(({ id }) => [general._id, group._id, direct._id].includes(id));
    expect(first).toMatchObject({
      ...{ id: general._id, kind: 'channel', channelKey: 'general', title: 'Общий чат', icon: '👥' },
      path: '/channel/town',
    });
    expect(rest.map(({ kind, title, path, unread }) => ({ kind, title, path, unread }))).toEqual([
      { kind: 'direct', title: bob.me.fullName, path: `/direct/${direct._id}`, unread: 1 },
      { kind: 'group', title: 'cooks', path: '/group/cooks', unread: 1 },
    ]);
    await world.sql('DELETE FROM rocketchat_rooms');
  });

  it('F25 a chat moves up only when somebody else posts, on all my devices; not for my own message, an edit, a join, or reading', async () => {
    const [ann, bob] = await pair();
    const { make } = world.rocket;
    const room = (name: string) => make.channel(`${name}-${ann.id.slice(-6)}`, bob.username, [ann.username]);
    const [red, green, blue] = [room('red'), room('green'), room('blue')];
    const [phone, desk] = [await device(ann), await device(ann)];
    const known = new Set([red.name, green.name, blue.name]);
    const order = (of: RoomsDevice) => of.order.filter((title) => known.has(title));
    const settles = async (names: readonly (string | undefined)[]) => {
      for (const one of [phone, desk]) {
        await one.until(() => JSON.stringify(order(one)) === JSON.stringify(names), names.join(' '));
      }
      expect((await list(ann)).items.map(({ title }) => title).filter((title) => known.has(title))).toEqual(names);
    };
    for (const { _id } of [red, green, blue]) {
      await read(ann, _id);
      await post(_id, bob);
    }
    await settles([blue.name, green.name, red.name]);

    await post(red._id, bob);
    await settles([red.name, blue.name, green.name]);
    for (const one of [phone, desk]) await one.until(() => one.rooms.get(red._id)?.unread === 2, 'two unread');

    // None of these moves anything; the last one shows that they were all worked.
    await post(green._id, ann);
    await read(ann, blue._id);
    make.member(blue._id, (await world.person('cleo')).username);
    await webhook({ channel_id: green._id, user_id: 'somebody', isEdited: true });
    await phone.until(() => phone.rooms.get(blue._id)?.unread === 0, 'read');
    await settles([red.name, blue.name, green.name]);

    await post(green._id, bob);
    await settles([green.name, red.name, blue.name]);
  });

  const webhook = (body: object, token = webhookToken(world.app.config)) =>
    world.app.http().post(WEBHOOK_PATH, { token, ...body }, { origin: false });

  it('a stranger cannot move anything: the webhook wants its token, and texts are not logged', async () => {
    const [ann, bob] = await pair();
    const room = world.rocket.make.direct(ann.username, bob.username);
    const phone = await device(ann);
    await phone.until(() => phone.rooms.has(room._id));
    const before = phone.rooms.get(room._id)?.order;
    const facts = { channel_id: room._id, user_id: 'somebody', text: 'a text of nobody else' };
    for (const token of ['', 'x', webhookToken(world.app.config).slice(1)]) {
      expect((await webhook(facts, token)).status).toBe(401);
    }
    expect((await webhook({ token: undefined })).status).toBe(400);
    expect(phone.rooms.get(room._id)?.order).toBe(before);
    expect((await webhook(facts)).json).toEqual({});
    await phone.until(() => phone.rooms.get(room._id)?.order !== before, 'moved');
    expect(JSON.stringify(world.app.logs)).not.toContain(facts.text);
    expect(JSON.stringify(world.app.logs)).not.toContain(webhookToken(world.app.config));
  });

  it('RC#23081 no badge on channels at all: with the setting that provisioning owns, every message counts', async () => {
    const [ann, bob] = await pair();
    const room = world.rocket.make.channel(`plain-${ann.id.slice(-6)}`, bob.username, [ann.username]);
    const phone = await device(ann);
    await read(ann, room._id);
    await phone.until(() => phone.rooms.get(room._id)?.unread === 0);
    await post(room._id, bob, 'nobody is mentioned here');
    await phone.until(() => phone.rooms.get(room._id)?.unread === 1, 'a badge');
  });

  it('a first message from a stranger counts as 1; who leaves or is removed loses the room', async () => {
    const [ann, bob] = await pair();
    const phone = await device(ann);
    const direct = world.rocket.make.direct(bob.username, ann.username);
    await post(direct._id, bob);
    await phone.until(() => phone.rooms.get(direct._id)?.unread === 1, 'the stranger');
    expect(phone.order[0]).toBe(bob.me.fullName);

    const group = world.rocket.make.group(`club-${ann.id.slice(-6)}`, bob.username, [ann.username]);
    await ann.http('POST', 'rocketchat/wake', {});
    await phone.until(() => phone.rooms.has(group._id), 'the club');
    world.rocket.state.subscriptions.delete(`${group._id}/${world.accountOf(ann)}`);
    await ann.http('POST', 'rocketchat/wake', { roomId: group._id });
    await phone.until(() => !phone.rooms.has(group._id), 'gone');
  });

  it('without webhooks numbers come all the same, and order follows them', async () => {
    const [ann, bob] = await pair();
    const { make, faults } = world.rocket;
    const rooms = ['one', 'two'].map((name) =>
      make.channel(`${name}-${ann.id.slice(-6)}`, bob.username, [ann.username]),
    );
    const phone = await device(ann);
    const restore = faults.order({ name: 'webhooks-lost' });
    for (const room of [...rooms, ...rooms.slice(0, 1)]) {
      const before = phone.rooms.get(room._id)?.unread ?? 0;
      await post(room._id, bob);
      // As the frame does when its number changes.
      await ann.http('POST', 'rocketchat/wake', {});
      await phone.until(() => phone.rooms.get(room._id)?.unread === before + 1, 'one more');
      expect(phone.order[0]).toBe(room.name);
    }
    restore();
  });

  it('people who get their account there later see their rooms then', async () => {
    const [owner, late] = [await world.person('host'), await world.person('late')];
    await world.sql('UPDATE rocketchat_links SET rc_user_id = NULL WHERE user_id = $1', [late.id]);
    const phone = await device(late);
    expect([...phone.rooms]).toEqual([]);
    const room = world.rocket.make.group(`wait-${late.id.slice(-6)}`, owner.username, [late.username]);
    await world.link(late);
    await phone.until(() => phone.rooms.has(room._id), 'the room');
  });

  it('a random walk of posts, reads, joins and leaves: the badge is Rocket.Chat’s own and the order that of the rules, on every device', async () => {
    const random = new Random(seedFor('unread over REST', 20_261_121));
    const people = [await world.person('walk'), await world.person('walk'), await world.person('walk')];
    const { make, state } = world.rocket;
    const rooms = Array.from({ length: 4 }, (_, i) =>
      make.channel(
        `walk${i}-${people[0]?.id.slice(-6) ?? ''}`,
        'besedka.bridge',
        people.map(({ username }) => username),
      ),
    );
    const phones: RoomsDevice[] = [];
    for (const person of [...people, ...people]) phones.push(await device(person));
    // The reference: for each person the rooms in the order in which somebody else last posted in them.
    const moved = new Map(people.map((person) => [person.id, new Map<string, number>()]));
    const isIn = (person: Person, id: string) => state.subscriptions.has(`${id}/${world.accountOf(person)}`);
    for (let step = 1; step <= 60; step += 1) {
      const [person, room] = [random.pick(people), random.pick(rooms)];
      if (!isIn(person, room._id)) {
        make.member(room, person.username);
        await person.http('POST', 'rocketchat/wake', {});
      } else if (random.chance(0.6)) {
        await post(room._id, person);
        for (const other of people) {
          if (other !== person && isIn(other, room._id)) moved.get(other.id)?.set(room._id, step);
        }
      } else if (random.chance(0.7)) {
        await read(person, room._id);
      } else {
        state.subscriptions.delete(`${room._id}/${world.accountOf(person)}`);
        await person.http('POST', 'rocketchat/wake', {});
      }
      // The order of two posts is that of their arrival, also within one millisecond.
      await sleep(2);
    }
    for (const [i, phone] of phones.entries()) {
      const person = people[i % people.length] as Person;
      await phone.until(() => phone.total === world.badgeThere(person), `the badge of ${i}`);
      const places = moved.get(person.id) ?? new Map<string, number>();
      const mine = rooms.filter(({ _id }) => isIn(person, _id) && places.has(_id));
      const wanted = mine.sort((a, b) => (places.get(b._id) ?? 0) - (places.get(a._id) ?? 0)).map(({ name }) => name);
      const shown = () => phone.order.filter((title) => wanted.includes(title));
      await phone.until(() => JSON.stringify(shown()) === JSON.stringify(wanted), `the order of ${i}`);
    }
  });

  it('"badge stuck": while Rocket.Chat is away the last numbers stay and are called that; back, they are right', async () => {
    const [ann, bob] = await pair();
    const room = world.rocket.make.direct(ann.username, bob.username);
    await post(room._id, bob);
    const phone = await device(ann);
    await phone.until(() => phone.rooms.get(room._id)?.unread === 1);
    await world.rocket.stop();
    await ann.http('POST', 'rocketchat/wake', {});
    await phone.until(() => phone.source === 'none', 'the outage');
    expect(phone.rooms.get(room._id)?.unread).toBe(1);
    expect(await list(ann)).toMatchObject({ source: 'none' });
    expect((await world.app.http().get('/readyz')).status).toBe(200);

    world.rocket.make.message(room, bob.username, 'while nobody could ask');
    await world.rocket.webhooksIdle();
    await world.rocket.start();
    await phone.until(() => phone.source === 'rest' && phone.rooms.get(room._id)?.unread === 2, 'the return');
  });

  it('measures source, members and calls', async () => {
    const text = await (await fetch(`${world.app.url}/metrics`)).text();
    expect(text).toMatch(/^rocketchat_unread_source\{source="rest"\} 1$/m);
    expect(text).toMatch(/^rocketchat_unread_source\{source="none"\} 0$/m);
    expect(Number(/^rocketchat_unread_calls_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10);
    expect(Number(/^rocketchat_unread_members (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(5);
  });
});
