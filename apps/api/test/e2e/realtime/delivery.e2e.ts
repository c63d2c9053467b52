import { randomUUID } from 'node:crypto';
import type { Chat, Me } from '@besedka/contracts';
import { differences } from '../../support/realtime/checker.js';
import { LiveClient } from '../../support/realtime/live-client.js';
import { Person } from '../../support/realtime/people.js';
import { Random, seedFor } from '../../support/realtime/random.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const SEED = seedFor('delivery', 31_337);
const STEPS = 150;

const byId = (a: Chat, b: Chat): number => (a.id < b.id ? -1 : 1);

describe('delivery', () => {
  let app: TestApp | undefined;
  let owner: Person;
  const clients: LiveClient[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
  }, 60_000);
  afterAll(async () => {
    for (const client of clients) client.stop();
    await closeTestApp(app);
  });

  it('snapshot + events = fresh snapshot, on all devices of everybody', async () => {
    const random = new Random(SEED);
    const people = [owner, await Person.local(app!.url, 'admin'), await Person.local(app!.url, 'test_user')];
    const devices = [...people, await people[1]!.again(), await people[2]!.again()];
    clients.push(...devices.map((person) => new LiveClient(person).start()));
    await Promise.all(clients.map((client) => client.until('the first snapshot', (c) => c.online)));
    const groups: Chat[] = [await owner.createGroup('first', people.slice(1))];
    const sent: { chatId: string; seq: number; by: Person }[] = [];
    const versions = new Map<string, number>();
    for (let step = 0; step < STEPS; step++) {
      const person = random.pick(people);
      const group = random.pick(groups);
      const roll = random.next();
      if (roll < 0.4) sent.push({ ...(await person.send(group.id, `step ${step}`)), by: person });
      else if (roll < 0.5)
        sent.push({
          ...(await person.send(
            (await person.createDirect(random.pick(people.filter((one) => one !== person)))).id,
            `direct ${step}`,
          )),
          by: person,
        });
      else if (roll < 0.6 && sent.length > 0) {
        const { chatId, seq, by } = random.pick(sent);
        await by
          .http('PATCH', `chats/${chatId}/messages/${seq}`, { body: `edited ${step}` })
          .catch(known('message_deleted', 'chat_not_found'));
      } else if (roll < 0.65 && sent.length > 0) {
        const { chatId, seq, by } = random.pick(sent);
        await by.http('DELETE', `chats/${chatId}/messages/${seq}`).catch(known('message_deleted', 'chat_not_found'));
      } else if (roll < 0.8) await person.http('POST', `chats/${group.id}/read`, { seq: 1 + random.int(60) });
      else if (roll < 0.88) await person.http('POST', `chats/${group.id}/unread`, { fromSeq: 1 + random.int(10) });
      else if (roll < 0.93) {
        const version = versions.get(group.id) ?? group.version;
        const { version: next } = await owner.http<Chat>(
          'PATCH',
          `chats/${group.id}`,
          { title: `title ${step}` },
          { 'if-match': `"${version}"` },
        );
        versions.set(group.id, next);
      } else if (groups.length < 4) groups.push(await owner.createGroup(`group ${step}`, people.slice(1)));
      else await owner.http('DELETE', `chats/${groups.pop()!.id}`);
    }
    // Who has the sentinel has had everything before it.
    const end = await owner.send(groups[0]!.id, 'the end');
    await Promise.all(
      clients.map((client) => client.until('the end', (c) => c.settled && c.shown(end.chatId).at(-1)?.seq === end.seq)),
    );
    for (const client of clients) {
      const fresh = await client.person.socket();
      const { chats } = fresh.all('snapshot')[0]!;
      fresh.close();
      expect([...client.state!.chats.values()].map(({ chat }) => chat).sort(byId)).toEqual([...chats].sort(byId));
      for (const chat of chats) expect(differences(client, chat.id, await client.person.history(chat.id))).toEqual([]);
      expect(client.connects).toBe(1);
      expect(client.faults).toEqual([]);
    }
  });

  it('one packet for everybody in the room, in the order of the change numbers', async () => {
    const people = [await Person.local(app!.url, 'admin'), await Person.local(app!.url, 'test_user')];
    const group = await owner.createGroup('order', people);
    const sockets = await Promise.all(people.map((person) => person.socket()));
    const writers = await Promise.all([owner.socket(), owner.socket()]);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        writers[index % 2]!.ask('message:send', { chatId: group.id, clientId: randomUUID(), body: `${index}` }),
      ),
    );
    for (const socket of sockets) {
      await socket.wait('message:new', ({ message }) => message.chatId === group.id && message.seq === 60);
      const heard = socket.all('message:new').filter(({ message }) => message.chatId === group.id);
      expect(heard.map(({ message }) => message.rev)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    }
    expect(sockets[0]!.all('message:new')).toEqual(sockets[1]!.all('message:new'));
    for (const socket of [...sockets, ...writers]) socket.close();
  });

  it('somebody outside hears nothing of a chat', async () => {
    const [inside, outside] = [await Person.local(app!.url, 'admin'), await Person.local(app!.url, 'store_admin')];
    const group = await owner.createGroup('inside', [inside]);
    const [ear, spy] = await Promise.all([inside.socket(), outside.socket()]);
    const secret = await owner.send(group.id, 'between us');
    await owner.http('PATCH', `chats/${group.id}/messages/${secret.seq}`, { body: 'between us two' });
    await owner.http('DELETE', `chats/${group.id}/messages/${secret.seq}`);
    await ear.wait('message:deleted', ({ message }) => message.chatId === group.id);
    const general = spy.all('snapshot')[0]!.chats[0]!;
    const sentinel = await owner.send(general.id, 'sentinel');
    await spy.wait('message:new', ({ message }) => message.chatId === general.id && message.seq === sentinel.seq);
    expect(JSON.stringify(spy.heard)).not.toContain(group.id);
    for (const socket of [ear, spy]) socket.close();
  });

  it('a changed name reaches everybody, a changed setting only me', async () => {
    const person = await owner.createPerson('renamed');
    const [mine, theirs] = await Promise.all([person.socket(), owner.socket()]);
    const me = await person.http<Me>('GET', 'users/me');
    await person.http('PATCH', 'users/me', { fullName: 'Another Name' }, { 'if-match': `"${me.version}"` });
    const { user } = await theirs.wait('user:changed', (event) => event.user.id === person.id);
    expect(user).toEqual({ id: person.id, username: person.username, fullName: 'Another Name', avatarUrl: null });
    await mine.wait('me:changed');
    for (const socket of [mine, theirs]) socket.close();
  });

  it('more sends than allowed are refused with the time to wait, and stored later', async () => {
    const limited = await createTestApp({ env: { RATE_SEND_PER_MINUTE: '60' } });
    try {
      const person = await Person.local(limited.url, 'owner');
      const socket = await person.socket();
      const [general] = socket.all('snapshot')[0]!.chats as [Chat, ...Chat[]];
      const answers = await Promise.all(
        Array.from({ length: 80 }, () =>
          socket.answer('message:send', { chatId: general.id, clientId: randomUUID(), body: 'quick' }),
        ),
      );
      const refusals = answers.filter((answer) => !answer.ok);
      expect(refusals.length).toBeGreaterThanOrEqual(15);
      expect(refusals[0]).toEqual({ ok: false, error: { code: 'rate_limited', retryAfter: expect.any(Number) } });
      expect(await person.history(general.id)).toHaveLength(answers.length - refusals.length);
      // The same allowance, whichever way it is used.
      const more = Array.from({ length: 20 }, () => person.send(general.id, 'over HTTP'));
      await expect(Promise.all(more)).rejects.toThrow('429');
      await Promise.allSettled(more);
      const metrics = await limited.http().get('/metrics');
      expect(metrics.text).toContain('socket_events_total{event="message:send",outcome="rate_limited"}');
      expect(metrics.text).toContain('socket_connections 1');
      expect(metrics.text).toContain('socket_ack_duration_seconds_count{event="message:send"} 80');
      socket.close();
    } finally {
      await limited.close();
    }
  });
});

/** Refusals that belong to random doings: the message or its chat has gone meanwhile. */
function known(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error) || !codes.some((code) => error.message.includes(code))) throw error;
  };
}
