import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `chat_send` writes a batch of messages in one round trip and one commit. Per message it touches three rows whatever the chat's size:
 * the chat (counters, order), the message, the author's membership (posting reads).
 *
 * - Order: `seq` and `rev` are allotted under the chat's row lock; the batch is worked through by chat id, so that two batches
 *   never wait for each other in a circle. Each statement inside sees what was committed before it got the lock.
 * - Nothing twice: a known (author, client id) answers the message that it made, while the author is in the chat. Two batches with the same new client id in two
 *   chats end in a unique violation; the caller then repeats its messages one by one.
 * - `outcome`: sent | repeated | an error code of the contracts.
 * - `appears`: members of a direct chat in whose list it was not before this message (hidden, or never written in).
 *
 * `chat_order` gives places in chat lists; a number, never a clock.
 */
const CHAT_SEND = `
CREATE FUNCTION chat_send(
  chat_ids uuid[], author_ids uuid[], client_ids uuid[], bodies text[], reply_seqs int[], forward_authors uuid[]
) RETURNS TABLE (
  n int, outcome text, seq int, rev int, order_key bigint, created_at timestamptz, appears uuid[]
) LANGUAGE plpgsql ROWS 20 AS $$
DECLARE
  item record;
  chat record;
  member record;
  source record;
  direct record;
BEGIN
  FOR item IN
    SELECT i.ord::int AS ord, i.chat_id, i.author_id, i.client_id, i.body, i.reply_seq, i.forward_author
    FROM unnest(chat_ids, author_ids, client_ids, bodies, reply_seqs, forward_authors)
      WITH ORDINALITY AS i(chat_id, author_id, client_id, body, reply_seq, forward_author, ord)
    ORDER BY i.chat_id, i.ord
  LOOP
    n := item.ord; seq := NULL; rev := NULL; order_key := NULL; created_at := NULL; appears := NULL;

    -- One look-up for the lock and for a repetition. A rival that committed while this waited for the lock is not seen here:
    -- it ends in the unique violation described above.
    SELECT c.kind, c.top_order, c.last_seq, m.chat_id AS known_chat, m.seq AS known_seq, m.rev AS known_rev INTO chat
    FROM chats c LEFT JOIN messages m ON m.author_id = item.author_id AND m.client_id = item.client_id
    WHERE c.id = item.chat_id FOR NO KEY UPDATE OF c;
    IF NOT FOUND THEN outcome := 'chat_not_found'; RETURN NEXT; CONTINUE; END IF;
    IF chat.known_chat IS NOT NULL THEN
      -- Who is out of the chat does not get to see what became of the message, or of the one that it quotes.
      PERFORM 1 FROM chat_members cm WHERE cm.chat_id = item.chat_id AND cm.user_id = item.author_id;
      IF NOT FOUND THEN outcome := 'chat_not_found'; RETURN NEXT; CONTINUE; END IF;
      IF chat.known_chat = item.chat_id THEN
        outcome := 'repeated'; seq := chat.known_seq; rev := chat.known_rev; order_key := chat.top_order;
      ELSE
        outcome := 'client_id_reused';
      END IF;
      RETURN NEXT; CONTINUE;
    END IF;

    -- What can still refuse the message is asked before anything is written, and only where it can apply.
    IF chat.kind = 'direct' OR item.reply_seq IS NOT NULL THEN
      SELECT cm.hidden_seq INTO member FROM chat_members cm
      WHERE cm.chat_id = item.chat_id AND cm.user_id = item.author_id;
      IF NOT FOUND THEN outcome := 'chat_not_found'; RETURN NEXT; CONTINUE; END IF;
    END IF;
    IF chat.kind = 'direct' THEN
      SELECT bool_or(cm.user_id <> item.author_id AND u.status = 'active' AND u.deleted_at IS NULL) AS reachable,
        array_agg(cm.user_id) FILTER (WHERE cm.hidden_seq >= chat.last_seq) AS hidden_for
      INTO direct FROM chat_members cm JOIN users u ON u.id = cm.user_id WHERE cm.chat_id = item.chat_id;
      IF NOT coalesce(direct.reachable, false) THEN outcome := 'user_unavailable'; RETURN NEXT; CONTINUE; END IF;
      appears := direct.hidden_for;
    END IF;
    IF item.reply_seq IS NOT NULL THEN
      SELECT m.deleted_at INTO source FROM messages m
      WHERE m.chat_id = item.chat_id AND m.seq = item.reply_seq AND m.seq > member.hidden_seq;
      IF NOT FOUND THEN outcome := 'message_not_found'; RETURN NEXT; CONTINUE; END IF;
      IF source.deleted_at IS NOT NULL THEN outcome := 'message_deleted'; RETURN NEXT; CONTINUE; END IF;
    END IF;

    -- Posting reads, and only a member can post: the row that is written is also the right to write.
    UPDATE chat_members cm SET read_seq = chat.last_seq + 1, own_after_read = 0
    WHERE cm.chat_id = item.chat_id AND cm.user_id = item.author_id;
    IF NOT FOUND THEN outcome := 'chat_not_found'; RETURN NEXT; CONTINUE; END IF;

    UPDATE chats c SET
      last_seq = c.last_seq + 1,
      last_rev = c.last_rev + 1,
      -- The newest message that is not by the new top author: unchanged if the same person posts again.
      second_order = CASE WHEN c.top_author = item.author_id THEN c.second_order ELSE c.top_order END,
      top_order = nextval('chat_order'),
      top_author = item.author_id
    WHERE c.id = item.chat_id
    RETURNING c.last_seq, c.last_rev, c.top_order INTO seq, rev, order_key;

    INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body, reply_seq, forward_author)
    VALUES (item.chat_id, seq, rev, item.author_id, item.client_id, item.body, item.reply_seq, item.forward_author)
    RETURNING messages.created_at INTO created_at;

    outcome := 'sent';
    RETURN NEXT;
  END LOOP;
END
$$`;

export class ChatSend1763650100000 implements MigrationInterface {
  name = 'ChatSend1763650100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE SEQUENCE chat_order AS bigint START 1');
    await runner.query(CHAT_SEND);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION chat_send');
    await runner.query('DROP SEQUENCE chat_order');
  }
}
