import { ChatWorld, type Person } from './chat-world.js';

describe('F25: the order and unread rules', () => {
  let world: ChatWorld;
  let ann: Person;
  let bob: Person;
  let eve: Person;
  /** Two chats of ann's; `lower` is below `upper` in everybody's list. */
  let lower: string;
  let upper: string;

  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    [ann, bob, eve] = (await world.people(3)) as [Person, Person, Person];
    lower = await world.group(ann, [bob, eve], 'lower');
    upper = await world.group(ann, [bob, eve], 'upper');
    await world.send(ann, lower, 'begin');
    await world.send(bob, lower, 'begin');
    await world.send(ann, upper, 'begin');
    await world.send(bob, upper, 'begin');
  });

  async function listOf(person: Person): Promise<{ id: string; unread: number }[]> {
    const chats = await world.chats.listAll(person.ctx);
    return chats.filter(({ kind }) => kind !== 'channel').map(({ id, unread }) => ({ id, unread }));
  }
  async function unreadOf(person: Person, chat: string): Promise<number> {
    return (await world.chats.get(person.ctx, chat)).unread;
  }

  it('F25: a message by somebody else moves the chat to the top', async () => {
    await world.send(bob, lower, 'news');
    expect((await listOf(ann)).map(({ id }) => id)).toEqual([lower, upper]);
    expect((await listOf(eve)).map(({ id }) => id)).toEqual([lower, upper]);
  });

  it('F25: my own message moves nothing in my list', async () => {
    await world.send(ann, lower, 'mine');
    await world.send(ann, lower, 'mine again');
    expect((await listOf(ann)).map(({ id }) => id)).toEqual([upper, lower]);
    expect((await listOf(bob)).map(({ id }) => id)).toEqual([lower, upper]);
  });

  it('F25: after an exchange the place is that of the other’s last message', async () => {
    await world.send(bob, lower, 'one');
    await world.send(bob, upper, 'two');
    await world.send(ann, lower, 'answer');
    expect((await listOf(ann)).map(({ id }) => id)).toEqual([upper, lower]);
  });

  it('F25: reading and marking unread move nothing', async () => {
    await world.reading.read(ann.ctx, upper, 2);
    await world.reading.read(ann.ctx, lower, 2);
    await world.reading.markUnread(ann.ctx, lower, 1);
    expect((await listOf(ann)).map(({ id }) => id)).toEqual([upper, lower]);
  });

  it('F25: an edit, a deletion, a new title, somebody joining or leaving move nothing', async () => {
    const before = await listOf(eve);
    await world.messages.edit(bob.ctx, { chatId: lower, seq: 2, body: 'changed' });
    await world.messages.remove(ann.ctx, { chatId: lower, seq: 1 });
    await world.chats.rename(ann.ctx, lower, 1, 'another title');
    const newcomer = await world.person();
    await world.members.add(ann.ctx, lower, [newcomer.id]);
    await world.members.leave(newcomer.ctx, lower);
    expect((await listOf(eve)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });

  it('F25: the acceptance walk of two people', async () => {
    const [one, two] = (await world.people(2)) as [Person, Person];
    const other = await world.group(one, [two], 'another chat');
    await world.send(one, other, 'x');
    await world.send(two, other, 'x');
    const chat = await world.direct(one, two);
    await world.send(one, chat, 'hello');
    expect((await listOf(two))[0]).toEqual({ id: chat, unread: 1 });
    await world.reading.read(two.ctx, chat, 1);
    await world.send(two, chat, 'hello yourself');
    expect((await listOf(one))[0]).toEqual({ id: chat, unread: 1 });
    await world.send(two, other, 'later');
    const before = (await listOf(one)).map(({ id }) => id);
    await world.reading.read(one.ctx, chat, 2);
    await world.send(one, chat, 'again');
    expect((await listOf(one)).map(({ id }) => id)).toEqual(before);
  });

  it('posting reads the chat; a first message from a stranger counts as 1', async () => {
    expect(await unreadOf(eve, lower)).toBe(2);
    await world.send(eve, lower, 'hi');
    expect(await unreadOf(eve, lower)).toBe(0);
    const stranger = await world.person('stranger');
    const chat = await world.direct(stranger, eve);
    expect((await listOf(eve)).map(({ id }) => id)).not.toContain(chat);
    await world.send(stranger, chat, 'good day');
    expect((await listOf(eve))[0]).toEqual({ id: chat, unread: 1 });
  });

  it('deleted messages are not unread, my own never are, and the number is never negative', async () => {
    await world.reading.markUnread(ann.ctx, lower, 1);
    expect(await unreadOf(ann, lower)).toBe(1);
    await world.messages.remove(bob.ctx, { chatId: lower, seq: 2 });
    expect(await unreadOf(ann, lower)).toBe(0);
    await world.messages.remove(ann.ctx, { chatId: lower, seq: 1 });
    expect(await unreadOf(ann, lower)).toBe(0);
    await world.reading.read(ann.ctx, lower, 1);
    expect(await unreadOf(ann, lower)).toBe(0);
  });

  it('the pointer never goes back by reading and never beyond the last message', async () => {
    expect(await world.reading.read(eve.ctx, lower, 9_007_199_254_740_991)).toMatchObject({ readSeq: 2, unread: 0 });
    expect(await world.reading.read(eve.ctx, lower, 1)).toMatchObject({ readSeq: 2, unread: 0 });
    await world.send(bob, lower, 'next');
    expect(await unreadOf(eve, lower)).toBe(1);
    expect(await world.reading.markUnread(eve.ctx, lower, 1)).toMatchObject({ readSeq: 0, unread: 3 });
  });

  it('who leaves and comes back begins at the end', async () => {
    await world.members.leave(eve.ctx, lower);
    await world.send(bob, lower, 'unseen');
    await world.members.add(ann.ctx, lower, [eve.id]);
    expect((await listOf(eve))[0]).toEqual({ id: lower, unread: 0 });
  });

  it('a hidden direct chat comes back with the next message, and only that counts', async () => {
    const chat = await world.direct(ann, bob);
    await world.send(ann, chat, 'one');
    await world.send(ann, chat, 'two');
    await world.chats.remove(bob.ctx, chat);
    expect((await listOf(bob)).map(({ id }) => id)).not.toContain(chat);
    expect((await listOf(ann)).map(({ id }) => id)).toContain(chat);
    await world.send(ann, chat, 'three');
    expect((await listOf(bob))[0]).toEqual({ id: chat, unread: 1 });
    const page = await world.messages.history(bob.ctx, chat, { limit: 50 });
    expect(page).toMatchObject({ hasBefore: false, hasAfter: false });
    expect(page.items.map(({ body }) => body)).toEqual(['three']);
    await world.chats.remove(bob.ctx, chat);
    await world.direct(bob, ann);
    expect((await world.messages.history(bob.ctx, chat, { limit: 50 })).items).toHaveLength(3);
  });
});
