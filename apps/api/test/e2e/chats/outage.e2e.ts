import { randomUUID } from 'node:crypto';
import { ChatWorld, type Person, refusal } from './chat-world.js';
import { CutProxy } from './cut-proxy.js';
import { Device } from './device.js';

const ROUNDS = 6;
const SENDS = 60;

describe('the database goes away in the middle of sends', () => {
  let world: ChatWorld;
  let wire: CutProxy;
  beforeAll(async () => {
    world = await ChatWorld.create(async (url) => {
      wire = await CutProxy.to(url);
      return wire.url;
    });
  });
  afterAll(async () => {
    wire?.mend();
    await world?.close();
    await wire?.close();
  });

  it('nothing acknowledged is lost, nothing is there twice, and who repeats is told to everybody', async () => {
    const people = await world.people(4);
    const chats = [await world.group(people[0]!, people.slice(1)), await world.group(people[1]!, people.slice(2))];
    const watcher = await Device.open(world, people[3]!);
    const acknowledged = new Map<string, { chat: string; seq: number }>();
    const refused: string[] = [];
    let sent = 0;

    for (let round = 0; round < ROUNDS; round++) {
      const open = Array.from({ length: SENDS }, (_, i) => ({
        clientId: randomUUID(),
        // Half of them answer something, so that their load after the commit can be cut as well.
        replyTo: i % 2 && round > 0 ? 1 : null,
        chat: chats[i % 2]!,
        person: people[1 + (i % 3)]!,
      }));
      sent += open.length;
      const first = open.map((one) => attempt(one));
      // Cut when the first answers are there: then batches are under way.
      await Promise.race(first);
      wire.cut();
      const answers = await Promise.all(first);
      wire.mend();
      refused.push(...answers.flatMap((answer) => (answer === 'sent' ? [] : [answer])));
      for (const [i, one] of open.entries()) {
        while (answers[i] !== 'sent') answers[i] = await attempt(one);
      }
    }

    expect(new Set(refused)).toEqual(new Set(['database_unavailable']));
    const rows = await world.database.query<{ chat_id: string; client_id: string; seq: number }>(
      'SELECT chat_id, client_id, seq FROM messages WHERE chat_id = ANY($1::uuid[])',
      [chats],
    );
    expect(rows).toHaveLength(sent);
    expect(new Map(rows.map((row) => [row.client_id, { chat: row.chat_id, seq: row.seq }]))).toEqual(acknowledged);
    for (const chat of chats) {
      const seqs = rows
        .filter((row) => row.chat_id === chat)
        .map(({ seq }) => seq)
        .sort((a, b) => a - b);
      expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    }
    // Late tellings are found as gaps at most; one question, and the window is right.
    await world.settled();
    if (watcher.behind.length > 0) await watcher.sync();
    expect(watcher.list).toEqual(await world.chats.listAll(people[3]!.ctx));

    async function attempt(one: {
      clientId: string;
      chat: string;
      person: Person;
      replyTo: number | null;
    }): Promise<string> {
      try {
        const message = await world.send(one.person, one.chat, 'text', one.replyTo, one.clientId);
        acknowledged.set(one.clientId, { chat: one.chat, seq: message.seq });
        return 'sent';
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    }
  });

  it('everything else is refused by name while it is away, and works when it is back', async () => {
    const [ann, bob] = (await world.people(2)) as [Person, Person];
    const chat = await world.group(ann, [bob]);
    await world.send(ann, chat, 'x');
    wire.cut();
    const answers = await Promise.all([
      ann.http.get(`/api/v1/chats`),
      ann.http.get(`/api/v1/chats/${chat}/messages`),
      ann.http.patch(`/api/v1/chats/${chat}/messages/1`, { body: 'y' }),
      ann.http.delete(`/api/v1/chats/${chat}/messages/1`),
      bob.http.post(`/api/v1/chats/${chat}/read`, { seq: 1 }),
      ann.http.post(`/api/v1/chats/${chat}/leave`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    wire.mend();
    expect(await refusal(world.messages.edit(bob.ctx, { chatId: chat, seq: 1, body: 'z' }))).toBe('not_message_author');
    expect(await world.messages.edit(ann.ctx, { chatId: chat, seq: 1, body: 'z' })).toMatchObject({ body: 'z' });
  });
});
