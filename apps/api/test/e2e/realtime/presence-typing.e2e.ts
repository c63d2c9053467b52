import { AWAY_AFTER_S, type Chat } from '@besedka/contracts';
import { PresenceService } from '../../../src/modules/realtime/presence.js';
import { RealtimePublisher } from '../../../src/modules/realtime/realtime.publisher.js';
import { rooms } from '../../../src/modules/realtime/socket-types.js';
import { UsersService } from '../../../src/modules/users/users.service.js';
import { Person } from '../../support/realtime/people.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('typing', () => {
  let app: TestApp | undefined;
  let owner: Person;
  let other: Person;
  let group: Chat;

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
    other = await Person.local(app.url, 'test_user');
    group = await owner.createGroup('typing', [other]);
  }, 60_000);
  afterAll(() => closeTestApp(app));

  it('is heard by those who look at the chat, not by others and never by the author', async () => {
    const [author, authorsPhone, looks, looksElsewhere] = await Promise.all([
      owner.socket(),
      owner.socket(),
      other.socket(),
      other.socket(),
    ]);
    for (const socket of [author, authorsPhone, looks]) await socket.ask('chat:open', { chatId: group.id });
    await author.ask('typing', { chatId: group.id });
    expect(await looks.wait('typing')).toEqual({
      chatId: group.id,
      user: { id: owner.id, username: 'owner', fullName: owner.me.fullName, avatarUrl: owner.me.avatarUrl },
    });
    // The message comes behind it everywhere: who has not heard typing by then has not been told.
    const sentinel = await owner.send(group.id, 'typed');
    for (const socket of [author, authorsPhone, looksElsewhere]) {
      await socket.wait('message:new', ({ message }) => message.seq === sentinel.seq);
      expect(socket.all('typing')).toEqual([]);
    }
    // Looking away ends it.
    await looks.ask('chat:open', { chatId: null });
    await author.ask('typing', { chatId: group.id });
    const second = await owner.send(group.id, 'typed again');
    await looks.wait('message:new', ({ message }) => message.seq === second.seq);
    expect(looks.all('typing')).toHaveLength(1);
    for (const socket of [author, authorsPhone, looks, looksElsewhere]) socket.close();
  });

  it('too often is refused with the time to wait', async () => {
    const socket = await other.socket();
    const answers = [];
    const began = performance.now();
    for (let i = 0; i < 80; i++) answers.push(await socket.answer('typing', { chatId: group.id }));
    // Sixty at once, and one more with every second that this takes.
    const allowed = 60 + Math.ceil((performance.now() - began) / 1_000);
    expect(answers.filter((answer) => answer.ok).length).toBeLessThanOrEqual(allowed);
    expect(answers.find((answer) => !answer.ok)).toMatchObject({
      ok: false,
      error: { code: 'rate_limited', retryAfter: expect.any(Number) },
    });
    socket.close();
  });
});

describe('presence', () => {
  let app: TestApp | undefined;
  let watcher: Person;
  let person: Person;

  beforeAll(async () => {
    app = await createTestApp();
    watcher = await Person.local(app.url, 'owner');
    person = await Person.local(app.url, 'test_user');
  }, 60_000);
  afterAll(() => closeTestApp(app));

  it('follows a person through online, away, online and offline, and only for who asked', async () => {
    const [socket, uninterested] = await Promise.all([watcher.socket(), watcher.socket()]);
    const before = await socket.ask('presence', { watch: [person.id, '018f0000-0000-7000-8000-00000000dead'] });
    expect(before.presences).toMatchObject([{ userId: person.id, state: 'offline' }]);

    const desk = await person.socket();
    await socket.wait('presence', ({ state }) => state === 'online');
    // The second device does not change anything; the page being hidden on one of them does not either.
    const phone = await person.socket();
    await phone.ask('presence', { active: false });
    await desk.ask('presence', { active: false });
    const away = await socket.wait('presence', ({ state }) => state === 'away');
    expect(away.lastSeenAt).not.toBeNull();
    const since = socket.mark;
    await phone.ask('presence', { active: true });
    expect(await socket.wait('presence', () => true, since)).toEqual({
      userId: person.id,
      state: 'online',
      lastSeenAt: null,
    });

    desk.close();
    phone.close();
    const offline = await socket.wait('presence', ({ state }) => state === 'offline', since);
    expect(Date.parse(offline.lastSeenAt!)).toBeGreaterThan(Date.now() - 60_000);
    expect(socket.all('presence').map(({ state }) => state)).toEqual(['online', 'away', 'online', 'offline']);
    expect(uninterested.all('presence')).toEqual([]);

    // Watching others ends it.
    await socket.ask('presence', { watch: [] });
    const end = socket.mark;
    const again = await person.socket();
    const sentinel = await watcher.send(socket.all('snapshot')[0]!.chats[0]!.id, 'sentinel');
    await socket.wait('message:new', ({ message }) => message.seq === sentinel.seq, end);
    expect(socket.all('presence', end)).toEqual([]);
    for (const one of [socket, uninterested, again]) one.close();
  });

  it('a reload of the page shows nobody as gone', async () => {
    const socket = await watcher.socket();
    const first = await person.socket();
    await socket.ask('presence', { watch: [person.id] });
    const since = socket.mark;
    const gone = first.gone();
    first.close();
    await gone;
    const second = await person.socket();
    await second.ask('presence', { active: false });
    await socket.wait('presence', ({ state }) => state === 'away', since);
    expect(socket.all('presence', since).map(({ state }) => state)).toEqual(['away']);
    for (const one of [socket, second]) one.close();
  });

  it('a silent person becomes away, and when they were last seen is written in one go', async () => {
    const [socket, theirs] = await Promise.all([watcher.socket(), person.socket()]);
    const { presences } = await socket.ask('presence', { watch: [person.id] });
    expect(presences).toMatchObject([{ state: 'online' }]);
    const presence = app!.get(PresenceService);
    const since = socket.mark;
    for (const one of app!.get(RealtimePublisher).socketsIn(rooms.user(person.id))) {
      one.data.activeAt = Date.now() - (AWAY_AFTER_S + 1) * 1000;
    }
    await presence.sweep();
    expect(await socket.wait('presence', () => true, since)).toMatchObject({ userId: person.id, state: 'away' });
    await theirs.ask('presence', { active: true });
    await presence.sweep();
    const stored = await app!.get(UsersService).lastSeen([person.id]);
    expect(stored.get(person.id)!.getTime()).toBeGreaterThan(Date.now() - 10_000);
    for (const one of [socket, theirs]) one.close();
  });
});
