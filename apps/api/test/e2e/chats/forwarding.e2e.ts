import { randomUUID } from 'node:crypto';
import { ChatWorld, type Person, refusal } from './chat-world.js';

describe('forwarding', () => {
  let world: ChatWorld;
  let ann: Person;
  let bob: Person;
  let eve: Person;
  let source: string;
  let targets: string[];

  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    [ann, bob, eve] = (await world.people(3)) as [Person, Person, Person];
    source = await world.group(ann, [bob]);
    targets = [await world.group(bob, [eve]), await world.group(bob, [ann])];
    for (const [person, text] of [
      [ann, 'one'],
      [bob, 'two'],
      [ann, 'three'],
    ] as const)
      await world.send(person, source, text);
  });

  const forward = (person: Person, seqs: number[], chatIds: string[], clientId = randomUUID()) =>
    world.forwarding.forward(person.ctx, { chatId: source, clientId, seqs, chatIds });

  it('copies in order, to every target, under the first author’s name', async () => {
    const copies = await forward(bob, [3, 1, 2, 1], targets);
    expect(copies).toHaveLength(6);
    for (const target of targets) {
      const page = await world.messages.history(bob.ctx, target, { limit: 50 });
      expect(page.items.map(({ body, author, forwardedFrom }) => [body, author.id, forwardedFrom?.id])).toEqual([
        ['one', bob.id, ann.id],
        ['two', bob.id, bob.id],
        ['three', bob.id, ann.id],
      ]);
    }
  });

  it('a copy of a copy still names the first author, and the copier cannot put words into their mouth', async () => {
    const [copy] = await forward(bob, [1], [targets[0]!]);
    const again = await world.forwarding.forward(eve.ctx, {
      chatId: targets[0]!,
      clientId: randomUUID(),
      seqs: [copy!.seq],
      chatIds: [await world.group(eve, [bob])],
    });
    expect(again[0]).toMatchObject({ author: { id: eve.id }, forwardedFrom: { id: ann.id } });
    expect(await refusal(world.messages.edit(bob.ctx, { chatId: targets[0]!, seq: copy!.seq, body: 'x' }))).toBe(
      'not_message_author',
    );
  });

  it('repeating the act repeats nothing, also in parallel and after the source is gone', async () => {
    const clientId = randomUUID();
    const acts = await Promise.all(Array.from({ length: 5 }, () => forward(bob, [1, 2], targets, clientId)));
    await world.messages.remove(ann.ctx, { chatId: source, seq: 1 });
    acts.push(await forward(bob, [1, 2], targets, clientId));
    expect(new Set(acts.map((act) => JSON.stringify(act))).size).toBe(1);
    for (const target of targets) expect((await world.chats.get(bob.ctx, target)).lastSeq).toBe(2);
  });

  it('who left a target is not shown the copies again', async () => {
    const clientId = randomUUID();
    const [, second] = targets as [string, string];
    const made = await forward(ann, [1], [second], clientId);
    expect(await forward(ann, [1], [second], clientId)).toEqual(made);
    await world.members.leave(ann.ctx, second);
    expect(await refusal(forward(ann, [1], [second], clientId))).toBe('chat_not_found');
  });

  it('half of an act that was cut short is finished by repeating it', async () => {
    const clientId = randomUUID();
    await forward(bob, [1], [targets[0]!], clientId);
    const whole = await forward(bob, [1, 2], targets, clientId);
    expect(whole.map(({ chatId, seq }) => [chatId, seq])).toEqual([
      [targets[0], 1],
      [targets[0], 2],
      [targets[1], 1],
      [targets[1], 2],
    ]);
  });

  it('is all or nothing: one foreign target, a missing or deleted source refuse everything', async () => {
    const foreign = await world.group(ann, [eve]);
    const unreachable = await world.direct(bob, eve);
    await world.messages.remove(bob.ctx, { chatId: source, seq: 2 });
    expect(await refusal(forward(bob, [1], [...targets, foreign]))).toBe('chat_not_found');
    expect(await refusal(forward(bob, [1], [...targets, randomUUID()]))).toBe('chat_not_found');
    expect(await refusal(forward(eve, [1], [targets[0]!]))).toBe('chat_not_found');
    expect(await refusal(forward(bob, [1, 99], targets))).toBe('message_not_found');
    expect(await refusal(forward(bob, [1, 2], targets))).toBe('message_deleted');
    await world.setStatus(eve, 'disabled');
    expect(await refusal(forward(bob, [1], [targets[0]!, unreachable]))).toBe('user_unavailable');
    for (const target of targets) expect((await world.chats.get(bob.ctx, target)).lastSeq).toBe(0);
  });
});

describe('forwarding counts as sending', () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.create(undefined, { RATE_SEND_PER_MINUTE: '20' });
  });
  afterAll(() => world?.close());

  it('each copy is one message of the limit; what does not fit is refused as a whole', async () => {
    const [ann, bob] = (await world.people(2)) as [Person, Person];
    const source = await world.group(ann, [bob]);
    for (let n = 0; n < 6; n++) await world.send(bob, source, `m${n}`);
    const targets = await Promise.all([1, 2, 3].map(() => world.group(ann, [bob])));
    const forward = (seqs: number[], clientId = randomUUID()) =>
      ann.http.post<{ code: string; messages: unknown[] }>(`/api/v1/chats/${source}/forward`, {
        clientId,
        seqs,
        chatIds: targets,
      });
    const first = randomUUID();
    expect((await forward([1, 2, 3, 4, 5], first)).json.messages).toHaveLength(15);
    const refused = await forward([1, 2, 3]);
    expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await forward([1, 2, 3, 4, 5], first)).status).toBe(429);
    expect((await forward([1])).status).toBe(201);
    expect(await forward([1, 2, 3, 4, 5, 6, 7])).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
    for (const target of targets) expect((await world.chats.get(ann.ctx, target)).lastSeq).toBe(6);
    // The same counter as that of single messages.
    const sent = await Promise.all(
      Array.from({ length: 12 }, () =>
        ann.http.post(`/api/v1/chats/${source}/messages`, { clientId: randomUUID(), body: 'x' }),
      ),
    );
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([201, 429]));
  });
});
