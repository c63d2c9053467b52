import { setTimeout as sleep } from 'node:timers/promises';
import { DomainEvents } from '../../../src/common/events/domain-events.js';
import { LOGGER } from '../../../src/common/logging/logger.js';
import { ChangeStreamSource } from '../../../src/modules/rocketchat-bridge/unread/change-stream.source.js';
import { RoomLists } from '../../../src/modules/rocketchat-bridge/unread/room-lists.js';
import type { SubscriptionDocument } from '../../../src/modules/rocketchat-bridge/unread/subscription-feed.js';
import { UnreadMetrics } from '../../../src/modules/rocketchat-bridge/unread/unread.metrics.js';
import { UnreadRepository } from '../../../src/modules/rocketchat-bridge/unread/unread.repository.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import { ChatWriter } from '../../support/rocketchat/chat-writer.js';
import { findMongo, openMongoStore } from '../../support/rocketchat/mongo.js';
import { MemoryStore, type MongoStore, type SubscriptionStore } from '../../support/rocketchat/subscription-store.js';
import { RoomsHeard } from '../../support/rocketchat/unread-world.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

/** A process that follows the store, with the lists of those who are here. Events and database are the portal's own. */
class Portal {
  readonly lists: RoomLists;
  readonly source: ChangeStreamSource;
  readonly heard = new Map<string, RoomsHeard>();
  isUp = false;
  private readonly stops: (() => void)[];
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly app: TestApp,
    store: SubscriptionStore,
  ) {
    const events = app.get(DomainEvents);
    this.lists = new RoomLists(events);
    this.source = new ChangeStreamSource(
      store.feed,
      this.lists,
      app.get(UnreadRepository),
      app.get(UnreadMetrics),
      app.get(LOGGER),
    );
    this.stops = [
      events.on('rocketchat.rooms', ({ userId, rooms }) => this.heard.get(userId)?.takeList(rooms)),
      events.on('rocketchat.room', ({ userId, room }) => this.heard.get(userId)?.takeRoom(room)),
      events.on('rocketchat.room-gone', ({ userId, roomId }) => this.heard.get(userId)?.takeGone(roomId)),
      events.on('rocketchat.unread', ({ userId, state }) => this.heard.get(userId)?.takeUnread(state)),
    ];
  }

  async start(): Promise<this> {
    this.lists.posts.restore(await this.app.get(UnreadRepository).posts());
    this.source.start((isUp) => {
      this.isUp = isUp;
      this.lists.source = isUp ? 'change-stream' : 'none';
      for (const look of [...this.waiting]) look();
    });
    await this.until(true);
    return this;
  }

  /** Waits until the stream is up, or broken. */
  async until(isUp: boolean): Promise<void> {
    while (this.isUp !== isUp) await new Promise<void>((resolve) => this.waiting.add(resolve));
    this.waiting.clear();
  }

  /** Somebody connects; their id here and there is the same in these tests. */
  async come(person: string): Promise<RoomsHeard> {
    const heard = new RoomsHeard();
    this.heard.set(person, heard);
    const member = this.lists.open(person, person);
    await this.source.load([member]);
    await heard.until(() => heard.source !== null, 'the first list');
    return heard;
  }

  /** What is written at intervals, and at the end. */
  async save(): Promise<void> {
    const repository = this.app.get(UnreadRepository);
    const token = this.source.takeToken();
    await repository.savePosts(this.lists.posts.takeChanged());
    if (token !== undefined) await repository.saveResumeToken(token);
  }

  async stop(): Promise<void> {
    await this.source.stop();
    for (const stop of this.stops) stop();
    const faults = [...this.heard.values()].flatMap((one) => one.faults);
    expect(faults).toEqual([]);
  }
}

const mongo = await findMongo();
afterAll(() => mongo.close());

describe.each([
  { name: 'events as MongoDB words them', open: (): SubscriptionStore => new MemoryStore() },
  {
    name: 'url' in mongo ? 'MongoDB' : `MongoDB (${mongo.reason})`,
    open: 'url' in mongo ? (): SubscriptionStore => openMongoStore(mongo.url) : null,
  },
])('unread numbers out of the change stream: $name', ({ open }) => {
  const test = open === null ? it.skip : it;
  let app: TestApp;
  let store: SubscriptionStore;
  let chat: ChatWriter;
  const portals: Portal[] = [];
  const portal = async (): Promise<Portal> => {
    const one = new Portal(app, store);
    portals.push(one);
    return one.start();
  };
  beforeAll(async () => {
    if (open !== null) app = await createTestApp();
  });
  beforeEach(async () => {
    if (open === null) return;
    store = open();
    chat = new ChatWriter(store);
    await app.get(UnreadRepository).saveResumeToken(null);
  });
  afterEach(async () => {
    for (const one of portals.splice(0)) await one.stop();
    await store?.close();
  });
  afterAll(() => closeTestApp(app));

  test('begins with a snapshot and goes on with what changes', async () => {
    for (const [room, t, fname] of [
      ['town', 'c', 'Town hall'],
      ['cooks', 'p', 'Cooks'],
      ['annbob', 'd', 'Bob B.'],
    ] as const) {
      await chat.join(room, 'ann', { t, fname, name: t === 'd' ? 'bob' : room });
      await chat.join(room, 'bob', { t });
    }
    await chat.post('annbob', 'bob');
    const here = await portal();
    const ann = await here.come('ann');
    expect([...ann.rooms.values()].map(({ kind, title, path, unread }) => [kind, title, path, unread])).toEqual([
      ['direct', 'Bob B.', '/direct/annbob', 1],
      ['group', 'Cooks', '/group/cooks', 1],
      ['channel', 'Town hall', '/channel/town', 1],
    ]);
    await chat.post('town', 'bob');
    await ann.until(() => ann.rooms.get('town')?.unread === 2, 'one more');
    await chat.read('town', 'ann');
    await ann.until(() => ann.rooms.get('town')?.unread === 0, 'read');
    await chat.change('cooks', 'ann', { fname: 'Bakers' });
    await ann.until(() => ann.rooms.get('cooks')?.title === 'Bakers', 'renamed');
  });

  test('F25 a chat moves up only when somebody else posts; never for my own message, reading, marking unread, or a join', async () => {
    for (const room of ['red', 'green', 'blue']) for (const person of ['ann', 'bob']) await chat.join(room, person);
    const here = await portal();
    const ann = await here.come('ann');
    for (const room of ['red', 'green', 'blue']) await chat.post(room, 'bob');
    await ann.until(() => ann.order.join() === 'blue,green,red');
    await chat.post('red', 'bob');
    await ann.until(() => ann.order.join() === 'red,blue,green');

    await chat.read('blue', 'ann');
    await chat.post('green', 'ann');
    await chat.markUnread('blue', 'ann');
    await chat.join('green', 'cleo');
    await chat.change('green', 'ann', { hideMentionStatus: true });
    // The last of them to be seen.
    await chat.change('blue', 'ann', { fname: 'blue sky' });
    await ann.until(() => ann.rooms.get('blue')?.title === 'blue sky');
    expect(ann.order).toEqual(['red', 'blue sky', 'green']);
    await chat.post('green', 'bob');
    await ann.until(() => ann.order.join() === 'green,red,blue sky');
  });

  test('the badge is Rocket.Chat’s own: closed, archived and silenced rooms are left out, threads add', async () => {
    const rooms = ['plain', 'closed', 'archived', 'silent', 'thread'];
    for (const room of rooms) for (const person of ['ann', 'bob']) await chat.join(room, person);
    const here = await portal();
    const ann = await here.come('ann');
    await chat.change('archived', 'ann', { archived: true });
    await chat.change('silent', 'ann', { hideUnreadStatus: true });
    await chat.reply('thread', 'ann', 'first');
    await chat.reply('thread', 'ann', 'second');
    await chat.change('closed', 'ann', { open: false });
    await ann.until(() => ann.rooms.get('thread')?.unread === 3 && !ann.rooms.has('closed'), 'threads');
    expect([...ann.rooms.values()].map(({ id, unread }) => `${id} ${unread}`).sort()).toEqual([
      ...['plain 1', 'silent 0', 'thread 3'],
    ]);
    expect(ann.order[0]).toBe('thread');
    await chat.post('closed', 'bob');
    await ann.until(() => ann.rooms.get('closed')?.unread === 2, 'open again');
  });

  test('joining and leaving, also while somebody comes', async () => {
    await chat.join('town', 'ann');
    const here = await portal();
    const ann = await here.come('ann');
    await chat.join('club', 'ann', { t: 'p' });
    await ann.until(() => ann.rooms.has('club'));
    await chat.leave('club', 'ann');
    await ann.until(() => !ann.rooms.has('club'));
    await chat.change('town', 'ann', { status: 'BANNED' });
    await ann.until(() => ann.rooms.size === 0);

    const coming = here.come('bob');
    await chat.join('late', 'bob');
    const bob = await coming;
    await bob.until(() => bob.rooms.has('late'));
  });

  test('what happens while nobody follows is known afterwards, in its order, for those who were not here either', async () => {
    for (const room of ['red', 'green', 'blue'])
      for (const person of ['ann', 'bob', 'cleo']) await chat.join(room, person);
    const before = await portal();
    const ann = await before.come('ann');
    for (const room of ['red', 'green', 'blue']) await chat.post(room, 'bob');
    await ann.until(() => ann.order.join() === 'blue,green,red');
    await before.source.load([...before.lists.all()]);
    await before.save();
    await before.stop();
    portals.length = 0;

    // Ann has the last word in red, but bob spoke there after green and blue.
    await chat.post('red', 'bob');
    await chat.post('red', 'ann');
    const after = await portal();
    const again = await after.come('ann');
    const cleo = await after.come('cleo');
    await cleo.until(() => cleo.order.join() === 'red,blue,green', 'the order of somebody who was away');
    expect(again.order.slice(0, 1)).not.toEqual(['green']);
    expect(again.rooms.get('red')?.unread).toBe(0);
    expect(cleo.rooms.get('red')?.unread).toBe(4);
  });

  test('a random walk: numbers and order as in the reference, on every device', async () => {
    const random = new Random(seedFor('unread out of the change stream', 20_261_122));
    const [people, rooms] = [
      ['ann', 'bob', 'cleo', 'dan'],
      ['r0', 'r1', 'r2', 'r3', 'r4'],
    ];
    for (const room of rooms) for (const person of people) await chat.join(room, person);
    const here = await portal();
    const devices = new Map<string, RoomsHeard>();
    for (const person of people.slice(0, 3)) devices.set(person, await here.come(person));
    const movedIn = new Map(people.map((person) => [person, new Map<string, number>()]));
    const members = new Map(rooms.map((room) => [room, new Set(people)]));
    const rounds = store instanceof MemoryStore ? 300 : 120;
    for (let step = 1; step <= rounds; step += 1) {
      const [person, room] = [random.pick(people), random.pick(rooms)];
      const mine = members.get(room) ?? new Set<string>();
      const dice = random.next();
      if (!mine.has(person)) {
        mine.add(person);
        await chat.join(room, person);
      } else if (dice < 0.5) {
        await chat.post(room, person);
        for (const other of people.filter((one) => one !== person)) {
          if (mine.has(other)) movedIn.get(other)?.set(room, step);
          // Who had left and comes back finds the room there, or where it was: both are right.
          else movedIn.get(other)?.delete(room);
        }
      } else if (dice < 0.75) await chat.read(room, person);
      else if (dice < 0.8) await chat.markUnread(room, person);
      else if (dice < 0.88) await chat.change(room, person, { hideUnreadStatus: random.chance(0.5) });
      else if (dice < 0.95) {
        mine.delete(person);
        await chat.leave(room, person);
      } else if (dice < 0.97 && store instanceof MemoryStore) store.repeat(store.length - 5);
      if (random.chance(0.2)) await sleep(3);
    }
    const documents = await store.all();
    for (const [person, device] of devices) {
      const own = documents.filter(({ u }) => u._id === person);
      const badge = own.filter(isCounted).reduce((sum, { unread }) => sum + (unread ?? 0), 0);
      await device.until(() => device.total === badge, `the badge of ${person}: ${badge}`);
      const places = movedIn.get(person) ?? new Map<string, number>();
      const wanted = rooms
        .filter((room) => members.get(room)?.has(person) && places.has(room))
        .sort((a, b) => (places.get(b) ?? 0) - (places.get(a) ?? 0));
      const shown = (): string[] => device.order.filter((title) => wanted.includes(title));
      await device.until(() => shown().join() === wanted.join(), `the order of ${person}: ${wanted.join()}`);
    }
  });
});

const isCounted = ({ open, archived, hideUnreadStatus }: SubscriptionDocument): boolean =>
  open !== false && archived !== true && hideUnreadStatus !== true;

describe('faults of the change stream', () => {
  let app: TestApp;
  let store: MemoryStore;
  let chat: ChatWriter;
  let here: Portal;
  let ann: RoomsHeard;
  beforeAll(async () => {
    app = await createTestApp();
  });
  beforeEach(async () => {
    store = new MemoryStore();
    chat = new ChatWriter(store);
    await app.get(UnreadRepository).saveResumeToken(null);
    for (const room of ['red', 'green']) for (const person of ['ann', 'bob']) await chat.join(room, person);
    here = await new Portal(app, store).start();
    ann = await here.come('ann');
  });
  afterEach(() => here.stop());
  afterAll(() => closeTestApp(app));

  it('"badge stuck": a broken connection ends in a new stream from where it was, and a snapshot', async () => {
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 2);
    store.break();
    await here.until(false);
    expect([ann.source, ann.rooms.get('red')?.unread]).toEqual(['none', 2]);
    await chat.post('red', 'bob');
    await chat.post('green', 'bob');
    store.mend();
    await here.until(true);
    await ann.until(() => ann.source === 'change-stream' && ann.rooms.get('red')?.unread === 3, 'caught up');
    await ann.until(() => ann.order.join() === 'green,red');
    expect(store.streams.tokens.slice(1).every((token) => token !== null)).toBe(true);
    expect(store.streams.open).toBe(1);
  });

  it('history that is lost: begins anew with a snapshot, and forgets the token', async () => {
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 2);
    await here.save();
    store.break();
    await here.until(false);
    await chat.post('green', 'bob');
    store.forget();
    store.mend();
    await here.until(true);
    await ann.until(() => ann.rooms.get('green')?.unread === 2, 'caught up');
    expect(store.streams.tokens.at(-1)).toBeNull();
    expect(store.streams.tokens.length).toBeGreaterThan(2);
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 3, 'follows again');
  });

  it('a collection that was replaced: begins anew', async () => {
    store.invalidate();
    await here.until(false);
    await here.until(true);
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 2, 'follows again');
    expect(store.streams.tokens).toEqual([null, null]);
  });

  it('events that are told twice change nothing', async () => {
    for (let i = 0; i < 5; i += 1) await chat.post('red', 'bob');
    await chat.post('green', 'bob');
    await chat.read('red', 'ann');
    await ann.until(() => ann.rooms.get('red')?.unread === 0 && ann.order.join() === 'green,red');
    store.repeat(0);
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 1);
    expect(ann.rooms.get('green')?.unread).toBe(2);
    expect(ann.order).toEqual(['red', 'green']);
  });

  it('costs no question per message and member: one snapshot for all who are here', async () => {
    const readsBefore = store.reads;
    for (let i = 0; i < 50; i += 1) await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 51);
    expect(store.reads).toBe(readsBefore);
  });

  it('many who come at once, as after a restart, are read together', async () => {
    const people = Array.from({ length: 100 }, (_, i) => `p${i}`);
    for (const person of people) await chat.join('red', person);
    const readsBefore = store.reads;
    const devices = await Promise.all(people.map((person) => here.come(person)));
    expect(devices.every(({ rooms }) => rooms.has('red'))).toBe(true);
    expect(store.reads - readsBefore).toBeLessThanOrEqual(3);
  });
});

describe(`faults of a real MongoDB${'url' in mongo ? '' : ` (${mongo.reason})`}`, () => {
  const found = 'url' in mongo ? mongo : null;
  const test = found === null ? it.skip : it;
  const { restart } = found ?? {};
  let app: TestApp;
  let store: MongoStore;
  let chat: ChatWriter;
  let here: Portal;
  let ann: RoomsHeard;
  beforeAll(async () => {
    if (found !== null) app = await createTestApp();
  });
  beforeEach(async () => {
    if (found === null) return;
    store = openMongoStore(found.url);
    chat = new ChatWriter(store);
    await app.get(UnreadRepository).saveResumeToken(null);
    for (const person of ['ann', 'bob']) await chat.join('red', person);
    here = await new Portal(app, store).start();
    ann = await here.come('ann');
  });
  afterEach(async () => {
    await here?.stop();
    await store?.close();
  });
  afterAll(() => closeTestApp(app));

  (restart === undefined ? it.skip : it)(
    `"badge stuck": a server that is restarted, twice${found !== null && restart === undefined ? ' (this one is not ours)' : ''}`,
    async () => {
      for (const wanted of [2, 3]) {
        await restart?.();
        await chat.post('red', 'bob');
        await ann.until(() => ann.rooms.get('red')?.unread === wanted, 'told after the restart');
      }
      await here.until(true);
    },
    60_000,
  );

  test('a collection that was replaced: begins anew', async () => {
    await store.replace();
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 2, 'follows again');
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 3);
  });

  test('a place before the beginning of the oplog: begins anew with a snapshot, and forgets it', async () => {
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 2);
    const { _data: token } = here.source.takeToken() as { _data: string };
    await here.stop();
    await chat.post('red', 'bob');
    // A token begins with a letter of its kind and the second of the event: this one is of the year 2020.
    const old = { _data: `${token.slice(0, 2)}5E0BE100${token.slice(10)}` };
    await app.get(UnreadRepository).saveResumeToken(old);
    here = await new Portal(app, store).start();
    ann = await here.come('ann');
    expect(ann.rooms.get('red')?.unread).toBe(3);
    expect(await app.get(UnreadRepository).resumeToken()).not.toEqual(old);
    await chat.post('red', 'bob');
    await ann.until(() => ann.rooms.get('red')?.unread === 4, 'follows');
  });
});
