import {
  applyMessageChange,
  applyReadState,
  applySync,
  type Chat,
  type ChatsState,
  compareChats,
  createChatsState,
  putChat,
  removeChat,
} from '@besedka/contracts';
import type { ChatEvent, ChatWorld, Person } from './chat-world.js';

/**
 * One open window: what the web app keeps of the chats, fed with the module's events as a socket would deliver them. Events may be
 * lost on the way; the window then notices the gap and asks.
 */
export class Device {
  private state: ChatsState;
  private online = true;

  private constructor(
    private readonly world: ChatWorld,
    readonly person: Person,
    chats: readonly Chat[],
    private readonly loses: (event: ChatEvent) => boolean,
  ) {
    this.state = createChatsState(person.id, chats);
    world.onEvent((event) => {
      if (this.online && !this.loses(event)) this.hear(event);
    });
  }

  static async open(
    world: ChatWorld,
    person: Person,
    loses: (event: ChatEvent) => boolean = () => false,
  ): Promise<Device> {
    return new Device(world, person, await world.chats.listAll(person.ctx), loses);
  }

  /** The list as it would be drawn. */
  get list(): Chat[] {
    return [...this.state.chats.values()].map(({ chat }) => chat).sort(compareChats);
  }

  get behind(): readonly string[] {
    return [...this.state.behind];
  }

  get isOnline(): boolean {
    return this.online;
  }

  disconnect(): void {
    this.online = false;
  }

  /** Connects again: the server begins with a snapshot. */
  async reconnect(): Promise<void> {
    this.online = true;
    this.state = createChatsState(this.person.id, await this.world.chats.listAll(this.person.ctx));
  }

  /** Asks what it has missed, for all chats that it shows. */
  async sync(): Promise<void> {
    const known = Object.fromEntries([...this.state.chats].map(([id, { chat }]) => [id, chat.rev]));
    for (const result of await this.world.messages.changesSince(this.person.ctx, known)) applySync(this.state, result);
  }

  private hear(event: ChatEvent): void {
    const { id: me } = this.person;
    switch (event.name) {
      case 'chats.message-new':
        applyMessageChange(this.state, { kind: 'new', ...event.payload });
        break;
      case 'chats.message-edited':
        applyMessageChange(this.state, { kind: 'edited', ...event.payload });
        break;
      case 'chats.message-deleted':
        applyMessageChange(this.state, { kind: 'deleted', ...event.payload });
        break;
      case 'chats.appeared':
        if (event.payload.userId === me) putChat(this.state, event.payload.chat);
        break;
      case 'chats.gone':
        if (event.payload.userIds === 'everybody' || event.payload.userIds.includes(me))
          removeChat(this.state, event.payload.chatId);
        break;
      case 'chats.changed':
        this.change(event.payload.chatId, (chat) => ({
          ...chat,
          title: event.payload.title,
          version: event.payload.version,
          role: event.payload.ownerId === me ? 'owner' : 'member',
        }));
        break;
      case 'chats.read':
        if (event.payload.userId === me) applyReadState(this.state, event.payload.state);
        if (event.payload.peerId === me) {
          this.change(event.payload.state.chatId, (chat) => ({ ...chat, peerReadSeq: event.payload.state.readSeq }));
        }
        break;
      case 'chats.members':
        break;
    }
  }

  private change(chatId: string, change: (chat: Chat) => Chat): void {
    const entry = this.state.chats.get(chatId);
    if (entry) entry.chat = change(entry.chat);
  }
}
