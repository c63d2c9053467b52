import { randomUUID } from 'node:crypto';
import { type Chat, GROUP_MEMBERS_MAX } from '@besedka/contracts';
import { EndedGroups } from '../../../src/modules/chats/ended-groups.js';
import { type ChatEvent, ChatWorld, type Person, refusal } from './chat-world.js';

describe('groups and direct chats', () => {
  let world: ChatWorld;
  let ann: Person;
  let bob: Person;
  let eve: Person;

  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    [ann, bob, eve] = (await world.people(3)) as [Person, Person, Person];
  });

  const told = <N extends ChatEvent['name']>(name: N, chat: string) =>
    world.events.flatMap((e) =>
      e.name === name &&
      ('chatId' in e.payload ? e.payload.chatId : 'chat' in e.payload ? e.payload.chat.id : '') === chat
        ? [e.payload as Extract<ChatEvent, { name: N }>['payload']]
        : [],
    );

  it('a group appears for everybody in it, with its owner', async () => {
    const made = await world.chats.create(ann.ctx, {
      kind: 'group',
      title: 'Garden',
      memberIds: [bob.id, bob.id.toUpperCase(), ann.id],
    });
    expect(made).toMatchObject({
      kind: 'group',
      title: 'Garden',
      role: 'owner',
      canPost: true,
      unread: 0,
      lastMessage: null,
    });
    expect(
      told('chats.appeared', made.id)
        .map(({ userId }) => userId)
        .sort(),
    ).toEqual([ann.id, bob.id].sort());
    expect((await world.chats.get(bob.ctx, made.id)).role).toBe('member');
    const members = await world.members.members(bob.ctx, made.id, { limit: 50 });
    expect(members).toMatchObject({ total: 2, nextCursor: null });
    expect(members.items.map(({ id, role }) => [id, role])).toContainEqual([ann.id, 'owner']);
  });

  it('only people who are there and active can be added, all or none', async () => {
    const gone = await world.person();
    await world.setStatus(gone, 'disabled');
    const nobody = randomUUID();
    expect(await refusal(world.group(ann, [bob, gone]))).toBe('user_unavailable');
    expect(await refusal(world.chats.create(ann.ctx, { kind: 'direct', userId: nobody }))).toBe('user_unavailable');
    const chat = await world.group(ann, [bob]);
    await expect(world.members.add(ann.ctx, chat, [eve.id, nobody])).rejects.toMatchObject({
      code: 'user_unavailable',
      data: { userIds: [nobody] },
    });
    expect((await world.members.members(ann.ctx, chat, { limit: 50 })).total).toBe(2);
  });

  it('the owner adds, removes and renames; others may not; strangers learn nothing', async () => {
    const chat = await world.group(ann, [bob]);
    const stranger = await world.person();
    expect(await refusal(world.members.add(bob.ctx, chat, [eve.id]))).toBe('not_chat_owner');
    expect(await refusal(world.members.remove(bob.ctx, chat, ann.id))).toBe('not_chat_owner');
    expect(await refusal(world.chats.rename(bob.ctx, chat, 1, 'x'))).toBe('not_chat_owner');
    expect(await refusal(world.chats.remove(bob.ctx, chat))).toBe('not_chat_owner');
    expect(await refusal(world.members.setOwner(bob.ctx, chat, bob.id))).toBe('not_chat_owner');
    for (const attempt of [
      () => world.chats.get(stranger.ctx, chat),
      () => world.chats.rename(stranger.ctx, chat, 1, 'x'),
      () => world.chats.remove(stranger.ctx, chat),
      () => world.members.leave(stranger.ctx, chat),
      () => world.members.members(stranger.ctx, chat, { limit: 50 }),
      () => world.members.add(stranger.ctx, chat, [stranger.id]),
      () => world.messages.history(stranger.ctx, chat, { limit: 50 }),
      () => world.messages.revisions(stranger.ctx, chat, 1),
      () => world.messages.edit(stranger.ctx, { chatId: chat, seq: 1, body: 'x' }),
      () => world.messages.remove(stranger.ctx, { chatId: chat, seq: 1 }),
      () => world.reading.read(stranger.ctx, chat, 1),
      () => world.reading.markUnread(stranger.ctx, chat, 1),
      () => world.send(stranger, chat, 'x'),
    ]) {
      expect(await refusal(attempt())).toBe('chat_not_found');
    }
    const added = await world.members.add(ann.ctx, chat, [eve.id, bob.id]);
    expect(added.map(({ id }) => id).sort()).toEqual([bob.id, eve.id].sort());
    expect(told('chats.members', chat).at(-1)).toMatchObject({ added: [{ id: eve.id }], removed: [] });
    await world.members.remove(ann.ctx, chat, eve.id);
    expect(told('chats.gone', chat).at(-1)).toEqual({ userIds: [eve.id], chatId: chat, reason: 'removed' });
    expect(await refusal(world.chats.get(eve.ctx, chat))).toBe('chat_not_found');
    expect(await refusal(world.members.remove(ann.ctx, chat, eve.id))).toBe('not_found');
  });

  it('renaming needs the version that was seen, and shows the other one', async () => {
    const chat = await world.group(ann, [bob], 'one');
    const renamed = await world.chats.rename(ann.ctx, chat, 1, 'two');
    expect(renamed).toMatchObject({ title: 'two', version: 2 });
    await expect(world.chats.rename(ann.ctx, chat, 1, 'three')).rejects.toMatchObject({
      code: 'version_conflict',
      current: { title: 'two', version: 2 },
    });
    expect(told('chats.changed', chat)).toEqual([{ chatId: chat, title: 'two', version: 2, ownerId: ann.id }]);
    const path = `/api/v1/chats/${chat}`;
    expect((await ann.http.patch(path, { title: 'x' })).status).toBe(428);
    const etag = (await ann.http.get(path)).headers.get('etag')!;
    const answer = await ann.http.patch(path, { title: 'three' }, { headers: { 'if-match': etag } });
    expect(answer).toMatchObject({ status: 200, json: { title: 'three', version: 3 } });
    expect((await ann.http.patch(path, { title: 'four' }, { headers: { 'if-match': etag } })).status).toBe(412);
  });

  it('when the owner leaves, the longest member takes over; with the last one the chat goes', async () => {
    const chat = await world.group(ann, [bob]);
    await world.members.add(ann.ctx, chat, [eve.id]);
    await world.send(ann, chat, 'bye');
    await world.members.leave(ann.ctx, chat);
    expect(told('chats.gone', chat).at(-1)).toEqual({ userIds: [ann.id], chatId: chat, reason: 'left' });
    expect(told('chats.changed', chat).at(-1)).toMatchObject({ ownerId: bob.id, version: 2 });
    expect((await world.chats.get(bob.ctx, chat)).role).toBe('owner');
    await world.members.setOwner(bob.ctx, chat, eve.id);
    expect((await world.chats.get(bob.ctx, chat)).role).toBe('member');
    expect(await refusal(world.members.setOwner(eve.ctx, chat, ann.id))).toBe('user_unavailable');
    await world.members.remove(bob.ctx, chat, bob.id);
    await world.members.leave(eve.ctx, chat);
    expect(await refusal(world.chats.get(eve.ctx, chat))).toBe('chat_not_found');
    await world.get(EndedGroups).tidy();
    expect(await world.database.query('SELECT 1 FROM chats WHERE id = $1', [chat])).toEqual([]);
  });

  it('deleting a group takes it from everybody; a moderator may, without being in it', async () => {
    const chat = await world.group(ann, [bob]);
    await world.send(bob, chat, 'x');
    await world.chats.remove(ann.ctx, chat);
    expect(told('chats.gone', chat)).toEqual([{ userIds: 'everybody', chatId: chat, reason: 'deleted' }]);
    expect(await refusal(world.send(bob, chat, 'y'))).toBe('chat_not_found');
    const second = await world.group(ann, [bob]);
    const moderator = await world.person('mod', ['moderator']);
    await world.chats.remove(moderator.ctx, second);
    expect(await refusal(world.chats.get(bob.ctx, second))).toBe('chat_not_found');
  });

  it('a moderator renames a group as they may delete it, in it or not, and is told nothing of its messages', async () => {
    const chat = await world.group(ann, [bob], 'rude');
    await world.send(ann, chat, 'x');
    const moderator = await world.person('mod', ['moderator']);
    const path = `/api/v1/chats/${chat}`;
    const stale = await moderator.http.patch<{ current: Chat }>(
      path,
      { title: 'x' },
      { headers: { 'if-match': '"9"' } },
    );
    expect(stale).toMatchObject({ status: 412, json: { current: { title: 'rude', version: 1, role: null } } });
    const answer = await moderator.http.patch(path, { title: 'polite' }, { headers: { 'if-match': '"1"' } });
    expect(answer).toMatchObject({
      status: 200,
      json: { title: 'polite', version: 2, role: null, canPost: false, lastSeq: 0, lastMessage: null },
    });
    expect(await world.chats.get(bob.ctx, chat)).toMatchObject({ title: 'polite', role: 'member' });
    expect(told('chats.changed', chat)).toEqual([{ chatId: chat, title: 'polite', version: 2, ownerId: ann.id }]);
    const direct = await world.direct(ann, bob);
    expect(await refusal(world.chats.rename(moderator.ctx, direct, 1, 'x'))).toBe('chat_not_found');
    expect(await refusal(world.chats.remove(moderator.ctx, direct))).toBe('chat_not_found');
  });

  it('a deleted account leaves its groups, and another member takes over', async () => {
    const chat = await world.group(ann, [bob]);
    await world.setStatus(ann, 'deleted');
    await world.settled();
    expect((await world.chats.get(bob.ctx, chat)).role).toBe('owner');
    expect(told('chats.gone', chat)).toEqual([{ userIds: [ann.id], chatId: chat, reason: 'left' }]);
    expect((await world.members.members(bob.ctx, chat, { limit: 50 })).total).toBe(1);
  });

  it('a group is full at its largest size', async () => {
    const crowd = await world.database.query<{ id: string }>(
      `INSERT INTO users (id, username, full_name, status)
       SELECT gen_random_uuid(), 'crowd_' || n || $1, 'crowd', 'active' FROM generate_series(1, $2) n RETURNING id`,
      [randomUUID().slice(0, 8), GROUP_MEMBERS_MAX - 1],
    );
    const ids = crowd.map(({ id }) => id);
    const chat = (await world.chats.create(ann.ctx, { kind: 'group', title: 'all', memberIds: ids })).id;
    expect(await refusal(world.members.add(ann.ctx, chat, [bob.id]))).toBe('chat_full');
    expect((await world.members.members(ann.ctx, chat, { limit: 1 })).total).toBe(GROUP_MEMBERS_MAX);
    await world.members.remove(ann.ctx, chat, ids[0]!);
    await world.members.add(ann.ctx, chat, [bob.id]);
  });

  it('a direct chat is one chat, whoever opens it, also when both do at once', async () => {
    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? world.direct(ann, bob) : world.direct(bob, ann))),
    );
    expect(new Set(opened).size).toBe(1);
    expect((await world.chats.get(ann.ctx, opened[0]!)).peer).toMatchObject({ id: bob.id });
    expect(await refusal(world.direct(ann, ann))).toBe('validation_failed');
    expect(await refusal(world.members.leave(ann.ctx, opened[0]!))).toBe('chat_kind_mismatch');
    expect(await refusal(world.members.add(ann.ctx, opened[0]!, [eve.id]))).toBe('chat_kind_mismatch');
  });

  it('an unwritten direct chat is in the opener’s list only, and appears for the other before the first message', async () => {
    const chat = await world.direct(ann, bob);
    expect((await world.chats.listAll(ann.ctx)).map(({ id }) => id)).toContain(chat);
    expect(await world.chats.chatIdsOf(bob.id)).not.toContain(chat);
    await world.send(ann, chat, 'hello');
    const about = world.events.filter(
      (e) =>
        (e.name === 'chats.appeared' && e.payload.chat.id === chat) ||
        (e.name === 'chats.message-new' && e.payload.message.chatId === chat),
    );
    expect(about.map((e) => (e.name === 'chats.appeared' ? [e.name, e.payload.userId] : [e.name]))).toEqual([
      ['chats.appeared', ann.id],
      ['chats.appeared', bob.id],
      ['chats.message-new'],
    ]);
    expect(about[1]).toMatchObject({ payload: { chat: { unread: 1, lastMessage: { body: 'hello' } } } });
  });

  it('nobody can be written to who is not active', async () => {
    const chat = await world.direct(ann, bob);
    await world.send(ann, chat, 'hello');
    await world.setStatus(bob, 'disabled');
    expect(await refusal(world.send(ann, chat, 'still there?'))).toBe('user_unavailable');
    expect((await world.chats.get(ann.ctx, chat)).canPost).toBe(false);
    expect((await world.messages.history(ann.ctx, chat, { limit: 50 })).items).toHaveLength(1);
  });

  it('the list is paged by key and searched by title and name', async () => {
    const chats = await Promise.all(['red', 'green', 'blue', '100% _x'].map((title) => world.group(ann, [bob], title)));
    await world.direct(ann, eve);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: { items: Chat[]; nextCursor: string | null } = (
        await ann.http.get<{ items: Chat[]; nextCursor: string | null }>(`/api/v1/chats?limit=2${query}`)
      ).json;
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual((await world.chats.listAll(ann.ctx)).map(({ id }) => id));
    const found = async (q: string) => (await world.chats.page(ann.ctx, { q, limit: 50 })).items;
    expect((await found('REE')).map(({ id }) => id)).toEqual([chats[1]]);
    expect((await found('0% _')).map(({ id }) => id)).toEqual([chats[3]]);
    expect((await found(eve.username)).map(({ peer }) => peer?.id)).toEqual([eve.id]);
    expect((await ann.http.get<{ code: string }>('/api/v1/chats?cursor=nonsense')).json.code).toBe('bad_cursor');
  });

  it('members are paged by name', async () => {
    const chat = await world.group(ann, [bob, eve]);
    const first = await world.members.members(ann.ctx, chat, { limit: 2 });
    const second = await world.members.members(ann.ctx, chat, { limit: 2, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ id }) => id).sort()).toEqual([ann.id, bob.id, eve.id].sort());
    expect(second).toMatchObject({ nextCursor: null, total: 3 });
    const nobody = await world.members.members(ann.ctx, chat, { limit: 2, q: 'no such name' });
    expect(nobody).toMatchObject({ items: [], total: 3 });
  });
});
