import type { UserSummary } from '@besedka/contracts/users';
import { TYPING_EXPIRES_S, TYPING_REPEAT_S } from '@besedka/contracts/limits';

/** Who is typing where. Each news ends by itself after six seconds, whatever happens to the sender. */
export class TypingBoard {
  private readonly chats = new Map<string, Map<string, { user: UserSummary; timer: ReturnType<typeof setTimeout> }>>();

  constructor(private readonly changed: () => void) {}

  heard(chatId: string, user: UserSummary): void {
    this.stopped(chatId, user.id);
    const timer = setTimeout(() => this.stopped(chatId, user.id), TYPING_EXPIRES_S * 1000);
    const people = this.chats.get(chatId) ?? new Map();
    people.set(user.id, { user, timer });
    this.chats.set(chatId, people);
    this.changed();
  }

  /** The message has come, or the time is over. */
  stopped(chatId: string, userId: string): void {
    const people = this.chats.get(chatId);
    const known = people?.get(userId);
    if (!people || !known) return;
    clearTimeout(known.timer);
    people.delete(userId);
    if (people.size === 0) this.chats.delete(chatId);
    this.changed();
  }

  who(chatId: string): UserSummary[] {
    return [...(this.chats.get(chatId)?.values() ?? [])].map(({ user }) => user);
  }

  clear(): void {
    for (const people of this.chats.values()) for (const { timer } of people.values()) clearTimeout(timer);
    this.chats.clear();
    this.changed();
  }
}

/** Tells the others at most every three seconds that I type. */
export function typingSender(send: (chatId: string) => void, now: () => number = Date.now): (chatId: string) => void {
  let last = { chatId: '', at: 0 };
  return (chatId) => {
    if (last.chatId === chatId && now() - last.at < TYPING_REPEAT_S * 1000) return;
    last = { chatId, at: now() };
    send(chatId);
  };
}
