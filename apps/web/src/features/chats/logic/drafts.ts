import type { Quote } from '@besedka/contracts/chats';
import type { KeyStorage } from './keyStorage';

/** What is written in a chat's composer and not sent. */
export interface Draft {
  body: string;
  /** The message that is answered. */
  quote: Quote | null;
  /** Sequence number of the own message that is being edited, and what was in the composer before. */
  editing: { seq: number; before: Draft | null } | null;
}

export const EMPTY_DRAFT: Draft = { body: '', quote: null, editing: null };

const isEmpty = (draft: Draft): boolean => draft.body === '' && !draft.quote && !draft.editing;

/** A draft is stored this long after the last key at the latest. */
const SAVE_MS = 300;

/**
 * Drafts by chat, each under a key of its own, so that no draft can end up in another chat and two tabs do not overwrite each other's.
 * They stay when a chat is renamed, goes away or can no longer be written in: only the person removes them.
 */
export class Drafts {
  private readonly drafts = new Map<string, Draft>();
  private readonly unsaved = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly prefix: string;

  constructor(
    userId: string,
    private readonly storage: KeyStorage,
    private readonly changed: () => void,
  ) {
    this.prefix = `besedka.draft.${userId}.`;
    for (const key of storage.keys(this.prefix)) this.readStored(key.slice(this.prefix.length));
  }

  get(chatId: string): Draft {
    return this.drafts.get(chatId) ?? EMPTY_DRAFT;
  }

  /** Takes the text now, stores it within 0.3 s. */
  set(chatId: string, draft: Draft): void {
    if (isEmpty(draft)) this.drafts.delete(chatId);
    else this.drafts.set(chatId, draft);
    if (!this.unsaved.has(chatId))
      this.unsaved.set(
        chatId,
        setTimeout(() => this.save(chatId), SAVE_MS),
      );
    this.changed();
  }

  /** Removes the draft at once, so that a sent text never comes back after a crash. */
  clear(chatId: string): void {
    this.drafts.delete(chatId);
    this.save(chatId);
    this.changed();
  }

  /** Stores everything now: the page is being left. */
  flush(): void {
    for (const chatId of [...this.unsaved.keys()]) this.save(chatId);
  }

  /** Another tab wrote (the browser's `storage` event). What is being written here wins. */
  storedElsewhere(key: string): void {
    if (!key.startsWith(this.prefix)) return;
    const chatId = key.slice(this.prefix.length);
    if (this.unsaved.has(chatId)) return;
    this.drafts.delete(chatId);
    this.readStored(chatId);
    this.changed();
  }

  private save(chatId: string): void {
    clearTimeout(this.unsaved.get(chatId));
    this.unsaved.delete(chatId);
    const draft = this.drafts.get(chatId);
    this.storage.set(this.prefix + chatId, draft ? JSON.stringify(draft) : null);
  }

  private readStored(chatId: string): void {
    const text = this.storage.get(this.prefix + chatId);
    if (text === null) return;
    try {
      this.drafts.set(chatId, { ...EMPTY_DRAFT, ...(JSON.parse(text) as Partial<Draft>) });
    } catch {
      this.storage.set(this.prefix + chatId, null);
    }
  }
}
