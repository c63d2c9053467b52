/** A message row as it lies on screen, in the coordinates of the viewport. */
export interface RowPlace {
  seq: number;
  top: number;
  bottom: number;
}

/** The end of a message counts as seen when it is on screen; of one taller than the view, when its end is. */
export function lastVisibleSeq(rows: readonly RowPlace[], view: { top: number; bottom: number }): number | null {
  let last: number | null = null;
  for (const row of rows) {
    const seen = row.bottom <= view.bottom + 1 && row.bottom > view.top;
    if (seen && (last === null || row.seq > last)) last = row.seq;
  }
  return last;
}

export interface ReadPointerOptions {
  /** Tells the server; resolves when it knows. */
  send: (chatId: string, seq: number) => Promise<void>;
  /** Whether the person can be looking: the window is visible and has the focus. */
  attentive: () => boolean;
  /** The pointer as the server has it. */
  readSeq: (chatId: string) => number | null;
}

/**
 * Moves read pointers: only for what was on screen while the window was visible and focused, never backwards, one request at a time
 * per chat. A failed one is repeated with the next look or reconnect.
 */
export class ReadPointers {
  private readonly seen = new Map<string, number>();
  private readonly busy = new Set<string>();
  /** Chats that the person marked as unread: they stay so until they are left. */
  private readonly paused = new Set<string>();

  constructor(private readonly options: ReadPointerOptions) {}

  /** What is on screen now reaches up to `seq`. */
  look(chatId: string, seq: number): void {
    if (this.paused.has(chatId) || !this.options.attentive()) return;
    this.seen.set(chatId, Math.max(seq, this.seen.get(chatId) ?? 0));
    void this.push(chatId);
  }

  /** Repeats what could not be told. */
  flush(): void {
    for (const chatId of this.seen.keys()) void this.push(chatId);
  }

  /** The person wants this chat unread although it is open. */
  pause(chatId: string): void {
    this.paused.add(chatId);
    this.seen.delete(chatId);
  }

  /** The chat was left: the next look counts again. */
  leave(chatId: string): void {
    this.paused.delete(chatId);
  }

  private async push(chatId: string): Promise<void> {
    if (this.busy.has(chatId)) return;
    const seq = this.seen.get(chatId);
    const known = this.options.readSeq(chatId);
    if (seq === undefined || known === null || seq <= known) {
      this.seen.delete(chatId);
      return;
    }
    this.busy.add(chatId);
    try {
      await this.options.send(chatId, seq);
      if (this.seen.get(chatId) === seq) this.seen.delete(chatId);
    } catch {
      // Without a connection it waits for `flush`.
      return;
    } finally {
      this.busy.delete(chatId);
    }
    if (this.seen.has(chatId)) await this.push(chatId);
  }
}
