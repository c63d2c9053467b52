import type { Message, MessageHistory } from '@besedka/contracts/chats';

/** Messages `from`..`to`, both included, all of them known. */
export interface Block {
  from: number;
  to: number;
}

/**
 * What is loaded of one chat: blocks without holes, and explicit gaps between them. Sequence numbers are dense, so a block is two
 * numbers. Blocks are sorted, never overlap and never touch (touching ones are joined).
 */
export interface History {
  messages: Map<number, Message>;
  blocks: Block[];
  /** Whether a first page has come. */
  loaded: boolean;
  /** Newest sequence number known to exist. */
  lastSeq: number;
  /** First message that I may see; null until a page has told it. */
  firstSeq: number | null;
  /** Everything loaded is true as of this change number. */
  rev: number;
  /** Change numbers beyond `rev` that have been merged already, while something between is still missing. */
  ahead: Set<number>;
  /** Changes to messages that are not loaded: a page that was under way meanwhile brings the older version. Bounded. */
  aside: Map<number, Message>;
}

const ASIDE_MAX = 500;

export function createHistory(): History {
  return {
    messages: new Map(),
    blocks: [],
    loaded: false,
    lastSeq: 0,
    firstSeq: null,
    rev: 0,
    ahead: new Set(),
    aside: new Map(),
  };
}

/** Merges a page of history. The first page sets what the history is true as of. */
export function addPage(history: History, page: MessageHistory): void {
  const first = page.items[0];
  const last = page.items.at(-1);
  if (!history.loaded) history.rev = page.rev;
  history.loaded = true;
  history.lastSeq = Math.max(history.lastSeq, page.lastSeq);
  for (const message of page.items) {
    put(history, message);
    const newer = history.aside.get(message.seq);
    if (newer) put(history, newer);
    history.aside.delete(message.seq);
  }
  if (first && last) addBlock(history, { from: first.seq, to: last.seq });
  if (!page.hasBefore) {
    if (first) history.firstSeq = first.seq;
    else if (history.blocks.length === 0) history.firstSeq = page.lastSeq + 1;
  }
  catchUp(history);
}

/**
 * Merges one message told live or by acknowledgement. A new one is kept even when those before it are missing: it makes a block of
 * its own. A change to a message that is not loaded is kept aside.
 */
export function addMessage(history: History, message: Message): void {
  if (message.seq > history.lastSeq || history.messages.has(message.seq) || touchesBlock(history, message.seq)) {
    history.lastSeq = Math.max(history.lastSeq, message.seq);
    put(history, message);
    addBlock(history, { from: message.seq, to: message.seq });
  } else keepAside(history, message);
  if (message.rev > history.rev) history.ahead.add(message.rev);
  catchUp(history);
}

/** Merges what `sync` told: everything that changed after some `rev`, true as of `rev`. */
export function addTail(history: History, messages: readonly Message[], rev: number): void {
  for (const message of [...messages].sort((a, b) => a.seq - b.seq)) addMessage(history, message);
  history.rev = Math.max(history.rev, rev);
  catchUp(history);
}

/** The block that holds `seq`. */
export function blockAt(history: History, seq: number): Block | undefined {
  return history.blocks.find((block) => block.from <= seq && seq <= block.to);
}

/** The block that ends with the newest message; undefined when the newest are not loaded. */
export function newestBlock(history: History): Block | undefined {
  const last = history.blocks.at(-1);
  return last?.to === history.lastSeq ? last : undefined;
}

/** Whether older messages than this block's exist. */
export function hasBefore(history: History, block: Block): boolean {
  return block.from > (history.firstSeq ?? 1);
}

/** Whether newer messages than this block's exist. */
export function hasAfter(history: History, block: Block): boolean {
  return block.to < history.lastSeq;
}

/** Loaded messages `from`..`to`, in order; the range must lie inside one block. */
export function messagesOf(history: History, from: number, to: number): Message[] {
  const messages: Message[] = [];
  for (let seq = from; seq <= to; seq += 1) {
    const message = history.messages.get(seq);
    if (message) messages.push(message);
  }
  return messages;
}

function put(history: History, message: Message): void {
  const known = history.messages.get(message.seq);
  if (known && known.rev > message.rev) return;
  history.messages.set(message.seq, message);
}

/** A message that touches a block belongs to it: a page that was under way ended just beside it. */
function touchesBlock(history: History, seq: number): boolean {
  return history.blocks.some((block) => block.to === seq - 1 || block.from === seq + 1);
}

function keepAside(history: History, message: Message): void {
  const known = history.aside.get(message.seq);
  if (known && known.rev > message.rev) return;
  history.aside.set(message.seq, message);
  const oldest = history.aside.keys().next();
  if (history.aside.size > ASIDE_MAX && !oldest.done) history.aside.delete(oldest.value);
}

function addBlock(history: History, added: Block): void {
  const joined = { ...added };
  const others = history.blocks.filter((block) => {
    const touches = block.from <= joined.to + 1 && block.to >= joined.from - 1;
    if (touches) {
      joined.from = Math.min(joined.from, block.from);
      joined.to = Math.max(joined.to, block.to);
    }
    return !touches;
  });
  history.blocks = [...others, joined].sort((a, b) => a.from - b.from);
}

function catchUp(history: History): void {
  while (history.ahead.delete(history.rev + 1)) history.rev += 1;
  for (const rev of history.ahead) if (rev <= history.rev) history.ahead.delete(rev);
}
