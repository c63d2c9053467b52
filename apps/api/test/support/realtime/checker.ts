import type { Message } from '@besedka/contracts';
import pg from 'pg';
import type { LiveClient } from './live-client.js';

interface StoredMessage {
  chat_id: string;
  seq: number;
  rev: number;
  author_id: string;
  client_id: string;
  body: string | null;
}

/** What is really in the database, read past the product. */
export async function storedMessages(databaseUrl: string, chatIds: readonly string[]): Promise<StoredMessage[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<StoredMessage>(
      'SELECT chat_id, seq, rev, author_id, client_id, body FROM messages WHERE chat_id = ANY($1::uuid[]) ORDER BY chat_id, seq',
      [chatIds],
    );
    return rows;
  } finally {
    await client.end();
  }
}

/**
 * Holds what the clients were told against what is stored. @returns sentences about everything that is wrong: an acknowledged
 * message that is missing, doubled or elsewhere; a sequence with a hole; messages of one author out of order.
 */
export function violations(stored: readonly StoredMessage[], clients: readonly LiveClient[]): string[] {
  const wrong: string[] = [];
  const byClientId = new Map<string, StoredMessage[]>();
  const chats = new Map<string, StoredMessage[]>();
  for (const row of stored) {
    byClientId.set(row.client_id, [...(byClientId.get(row.client_id) ?? []), row]);
    const chat = chats.get(row.chat_id) ?? [];
    chats.set(row.chat_id, chat);
    chat.push(row);
    if (row.seq !== chat.length) wrong.push(`${row.chat_id}: sequence ${row.seq} stands at place ${chat.length}`);
  }
  for (const [chatId, rows] of chats) {
    if (new Set(rows.map((row) => row.rev)).size !== rows.length)
      wrong.push(`${chatId}: two messages share a change number`);
  }
  for (const client of clients) {
    wrong.push(...client.faults);
    const lastSeq = new Map<string, number>();
    for (const [clientId, message] of client.acknowledged) {
      const rows = byClientId.get(clientId) ?? [];
      if (rows.length !== 1) wrong.push(`${clientId} was acknowledged and is stored ${rows.length} times`);
      const [row] = rows;
      if (row && !sameMessage(row, message))
        wrong.push(`${clientId} was acknowledged as something else than is stored`);
      // The outbox sends one after the other, so the order of acknowledgements is the order of sending.
      if (message.seq <= (lastSeq.get(message.chatId) ?? 0)) wrong.push(`${clientId} came before an earlier message`);
      lastSeq.set(message.chatId, message.seq);
    }
    for (const [place, times] of client.taken) if (times > 1) wrong.push(`${place} was taken as new ${times} times`);
  }
  return wrong;
}

function sameMessage(row: StoredMessage, message: Message): boolean {
  return row.chat_id === message.chatId && row.seq === message.seq && row.author_id === message.author.id;
}

/** Compares what a client shows with the chat's history. @returns sentences about the differences */
export function differences(client: LiveClient, chatId: string, history: readonly Message[]): string[] {
  const shown = client.shown(chatId);
  const wrong: string[] = [];
  if (shown.length !== history.length)
    wrong.push(`${client.person.username} shows ${shown.length} of ${history.length} messages`);
  history.forEach((message, index) => {
    if (JSON.stringify(shown[index]) !== JSON.stringify(message)) {
      wrong.push(
        `${client.person.username} shows ${JSON.stringify(shown[index])} instead of ${JSON.stringify(message)}`,
      );
    }
  });
  return wrong.slice(0, 5);
}
