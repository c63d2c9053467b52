import type { Chat } from '@besedka/contracts';
import { ChatWorld, type Person } from './chat-world.js';
import { Device } from './device.js';
import { Random } from './random.js';
import { ReferenceModel } from './reference-model.js';

const ACTS = 400;
const CHECK_EVERY = 20;
/** Milliseconds for one run on a busy machine. */
const RUN_WITHIN = 180_000;

describe('order and unread over long random runs', () => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.create();
  });
  afterAll(() => world?.close());

  it.each([1, 7, 42, 20_251_120])(
    'equal the reference model and every device (seed %i)',
    async (seed) => {
      const run = await Run.begin(world, new Random(seed));
      for (let act = 1; act <= ACTS; act++) {
        await run.act();
        if (act % CHECK_EVERY === 0) await run.check(`seed ${seed}, act ${act}`);
      }
    },
    RUN_WITHIN,
  );
});

/** One run: a few people with a few chats, who do at random what people do. */
class Run {
  private readonly model = new ReferenceModel();
  private readonly devices: { steady: Device; moving: Device; lossy: Device }[] = [];
  private moderators = '';
  private readonly roleHolders = new Set<string>();

  private constructor(
    private readonly world: ChatWorld,
    private readonly random: Random,
    private readonly people: readonly Person[],
  ) {}

  static async begin(world: ChatWorld, random: Random): Promise<Run> {
    const run = new Run(world, random, await world.people(5, 'walker'));
    const general = await world.channel('general');
    run.moderators = await world.channel('moderators');
    // The general channel is shared with everybody in this database: nothing is posted there, it only lies in the lists.
    for (const person of run.people) {
      const before = await world.chats.get(person.ctx, general);
      if (!run.model.chats.has(general)) run.model.create(general, 'channel', []);
      run.model.join(general, person.id);
      expect(before.unread).toBe(0);
    }
    run.model.create(run.moderators, 'channel', []);
    await run.seedModerators();
    for (let i = 0; i < 3; i++) await run.createGroup();
    for (const person of run.people) {
      run.devices.push({
        steady: await Device.open(world, person),
        moving: await Device.open(world, person),
        lossy: await Device.open(
          world,
          person,
          (event) => event.name.startsWith('chats.message-') && random.chance(0.1),
        ),
      });
    }
    return run;
  }

  /** Messages of earlier runs in the shared channel, so that sequences agree. */
  private async seedModerators(): Promise<void> {
    const rows = await this.world.database.query<{ author_id: string; deleted: boolean }>(
      'SELECT author_id, deleted_at IS NOT NULL AS deleted FROM messages WHERE chat_id = $1 ORDER BY seq',
      [this.moderators],
    );
    const chat = this.model.chats.get(this.moderators)!;
    for (const row of rows) chat.messages.push({ author: row.author_id, deleted: row.deleted, at: 0 });
  }

  async act(): Promise<void> {
    const dice = this.random.int(1, 100);
    const person = this.random.pick(this.people);
    if (dice <= 40) await this.post(person);
    else if (dice <= 55) await this.read(person);
    else if (dice <= 61) await this.markUnread(person);
    else if (dice <= 67) await this.edit(person);
    else if (dice <= 74) await this.remove(person);
    else if (dice <= 80) await this.openDirect(person);
    else if (dice <= 84) await this.hide(person);
    else if (dice <= 88) await this.leave(person);
    else if (dice <= 92) await this.addMember(person);
    else if (dice <= 94) await this.createGroup();
    else if (dice <= 96) await this.toggleRole(person);
    else await this.moveDevice();
  }

  async check(where: string): Promise<void> {
    await this.world.settled();
    for (const [index, person] of this.people.entries()) {
      const fresh = await this.world.chats.listAll(person.ctx);
      const answer = await person.http.get<{ items: Chat[] }>('/api/v1/chats?limit=200');
      const told = (chats: readonly Chat[]) => ({ where, person: person.username, chats });
      expect(told(answer.json.items)).toEqual(told(fresh));
      expect({
        where,
        list: fresh.map(({ id, unread, readSeq, lastSeq }) => ({ id, unread, readSeq, lastSeq })),
      }).toEqual({
        where,
        list: this.model.listOf(person.id),
      });
      const { steady, moving, lossy } = this.devices[index]!;
      expect(steady.behind).toEqual([]);
      expect(told(steady.list)).toEqual(told(fresh));
      if (!moving.isOnline) await moving.reconnect();
      expect(told(moving.list)).toEqual(told(fresh));
      await lossy.sync();
      expect(told(lossy.list)).toEqual(told(fresh));
    }
  }

  private async post(person: Person): Promise<void> {
    const chat = this.anyChat(person);
    if (chat === null) return;
    const source = this.random.chance(0.2) ? this.visibleSeq(chat, person, () => true) : null;
    const message = await this.world.send(person, chat, `text ${this.random.int(1, 1e6)}`, source);
    expect(message.seq).toBe(this.model.post(chat, person.id));
  }

  private async read(person: Person): Promise<void> {
    const chat = this.anyChat(person);
    if (chat === null) return;
    const seq = this.random.int(0, this.model.chats.get(chat)!.messages.length + 2);
    await this.world.reading.read(person.ctx, chat, seq);
    this.model.read(chat, person.id, seq);
  }

  private async markUnread(person: Person): Promise<void> {
    const chat = this.anyChat(person);
    if (chat === null) return;
    const seq = this.random.int(1, this.model.chats.get(chat)!.messages.length + 1);
    await this.world.reading.markUnread(person.ctx, chat, seq);
    this.model.markUnread(chat, person.id, seq);
  }

  private async edit(person: Person): Promise<void> {
    const chat = this.anyChat(person);
    const seq = chat === null ? null : this.visibleSeq(chat, person, (author) => author === person.id);
    if (chat === null || seq === null) return;
    await this.world.messages.edit(person.ctx, { chatId: chat, seq, body: `edited ${this.random.int(1, 1e6)}` });
  }

  private async remove(person: Person): Promise<void> {
    const chat = this.anyChat(person);
    const seq = chat === null ? null : this.visibleSeq(chat, person, (author) => author === person.id);
    if (chat === null || seq === null) return;
    await this.world.messages.remove(person.ctx, { chatId: chat, seq });
    this.model.delete(chat, seq);
  }

  private async openDirect(person: Person): Promise<void> {
    const peer = this.random.pick(this.people.filter((other) => other !== person));
    const chat = await this.world.direct(person, peer);
    this.model.openDirect(chat, person.id, peer.id);
  }

  private async hide(person: Person): Promise<void> {
    const chat = this.anyChat(person, 'direct');
    if (chat === null) return;
    await this.world.chats.remove(person.ctx, chat);
    this.model.hide(chat, person.id);
  }

  private async leave(person: Person): Promise<void> {
    const chat = this.anyChat(person, 'group');
    if (chat === null) return;
    await this.world.members.leave(person.ctx, chat);
    this.model.leave(chat, person.id);
  }

  private async addMember(person: Person): Promise<void> {
    const chat = this.anyChat(person, 'group');
    if (chat === null) return;
    const owner = this.people.find(({ id }) => id === this.model.chats.get(chat)!.owner)!;
    const joining = this.random.pick(this.people);
    await this.world.members.add(owner.ctx, chat, [joining.id]);
    this.model.join(chat, joining.id);
  }

  private async createGroup(): Promise<void> {
    const [owner, ...others] = [...this.people].sort(() => this.random.next() - 0.5).slice(0, this.random.int(2, 4));
    const chat = await this.world.group(owner!, others, `Group ${this.random.int(1, 1000)}`);
    this.model.create(chat, 'group', [owner!.id, ...others.map(({ id }) => id).sort()], owner!.id);
  }

  private async toggleRole(person: Person): Promise<void> {
    if (this.roleHolders.delete(person.id)) {
      await this.world.setRoles(person, ['user']);
      this.model.leave(this.moderators, person.id);
    } else {
      this.roleHolders.add(person.id);
      await this.world.setRoles(person, ['moderator']);
      this.model.join(this.moderators, person.id);
    }
  }

  private async moveDevice(): Promise<void> {
    const { moving } = this.random.pick(this.devices);
    if (moving.isOnline) moving.disconnect();
    else await moving.reconnect();
  }

  /** A chat of the person's, hidden ones included; the general channel is left in peace. */
  private anyChat(person: Person, kind?: 'direct' | 'group'): string | null {
    const mine = [...this.model.chats].filter(
      ([id, chat]) =>
        chat.members.has(person.id) &&
        (kind === undefined || chat.kind === kind) &&
        (chat.kind !== 'channel' || id === this.moderators),
    );
    return mine.length === 0 ? null : this.random.pick(mine)[0];
  }

  private visibleSeq(chat: string, person: Person, by: (author: string) => boolean): number | null {
    const { messages, members } = this.model.chats.get(chat)!;
    const { hiddenSeq } = members.get(person.id)!;
    const seqs = messages.flatMap((m, i) => (!m.deleted && by(m.author) && i + 1 > hiddenSeq ? [i + 1] : []));
    return seqs.length === 0 ? null : this.random.pick(seqs);
  }
}
