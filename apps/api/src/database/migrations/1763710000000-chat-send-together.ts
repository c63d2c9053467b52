import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `chat_send` takes the plain messages of a batch in one statement; its contract stays (see `1763650100000-chat-send.ts`). Statements
 * are started once for all of them instead of once per message. What needs a look of its own (replies, repetitions, refusals, a direct
 * chat that has to appear in a list, several messages in one chat) goes on to the former function, now `chat_send_each`.
 *
 * - All chats of the batch are locked first, by chat id: two batches never wait for each other in a circle, and the statement after
 *   it sees what was committed before the locks were granted.
 * - A row that `chat_members` does not have is not written, and what was not written goes on: one rule decides who may write.
 * - Two new messages with the same client id in two chats end in a unique violation; the caller then repeats them one by one.
 * - The plan is kept for as long as the connection: it must be one of index look-ups from the first, empty, day on.
 */
const CHAT_SEND = `
CREATE FUNCTION chat_send(
  chat_ids uuid[], author_ids uuid[], client_ids uuid[], bodies text[], reply_seqs int[], forward_authors uuid[]
) RETURNS TABLE (
  n int, outcome text, seq int, rev int, order_key bigint, created_at timestamptz, appears uuid[]
) LANGUAGE plpgsql ROWS 20 SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  written int[] := '{}';
  rest int[];
BEGIN
  PERFORM 1 FROM chats c WHERE c.id = ANY (chat_ids) ORDER BY c.id FOR NO KEY UPDATE;

  outcome := 'sent';
  created_at := now();
  FOR n, seq, rev, order_key IN
    WITH plain AS MATERIALIZED (
      SELECT i.ord::int AS ord, i.chat_id, i.author_id, i.client_id, i.body, i.forward_author, c.last_seq + 1 AS next_seq
      FROM unnest(chat_ids, author_ids, client_ids, bodies, reply_seqs, forward_authors)
        WITH ORDINALITY AS i(chat_id, author_id, client_id, body, reply_seq, forward_author, ord)
      JOIN chats c ON c.id = i.chat_id
      WHERE i.reply_seq IS NULL
        AND cardinality(array_positions(chat_ids, i.chat_id)) = 1
        AND (SELECT m.seq FROM messages m WHERE m.author_id = i.author_id AND m.client_id = i.client_id) IS NULL
        -- A direct chat: somebody is there to read it, and it is in both lists already.
        AND (c.kind <> 'direct' OR (
          SELECT bool_or(cm.user_id <> i.author_id AND u.status = 'active' AND u.deleted_at IS NULL)
            AND bool_and(cm.hidden_seq < c.last_seq)
          FROM chat_members cm JOIN users u ON u.id = cm.user_id WHERE cm.chat_id = c.id
        ))
    ), posted AS (
      -- Posting reads, and only a member can post: the row that is written is also the right to write.
      UPDATE chat_members cm SET read_seq = p.next_seq, own_after_read = 0
      FROM plain p WHERE cm.chat_id = p.chat_id AND cm.user_id = p.author_id
      RETURNING p.ord, p.chat_id, p.author_id, p.client_id, p.body, p.forward_author
    ), numbered AS (
      UPDATE chats c SET
        last_seq = c.last_seq + 1,
        last_rev = c.last_rev + 1,
        -- The newest message that is not by the new top author: unchanged if the same person posts again.
        second_order = CASE WHEN c.top_author = p.author_id THEN c.second_order ELSE c.top_order END,
        top_order = nextval('chat_order'),
        top_author = p.author_id
      FROM posted p WHERE c.id = p.chat_id
      RETURNING p.*, c.last_seq, c.last_rev, c.top_order
    ), message AS (
      INSERT INTO messages (chat_id, seq, rev, author_id, client_id, body, forward_author, created_at)
      SELECT w.chat_id, w.last_seq, w.last_rev, w.author_id, w.client_id, w.body, w.forward_author, now() FROM numbered w
    )
    SELECT w.ord, w.last_seq, w.last_rev, w.top_order FROM numbered w
  LOOP
    written := written || n;
    RETURN NEXT;
  END LOOP;
  IF cardinality(written) = cardinality(chat_ids) THEN RETURN; END IF;

  SELECT array_agg(i ORDER BY i) INTO rest FROM generate_subscripts(chat_ids, 1) i WHERE i <> ALL (written);
  RETURN QUERY
  SELECT rest[e.n], e.outcome, e.seq, e.rev, e.order_key, e.created_at, e.appears
  FROM chat_send_each(
    (SELECT array_agg(chat_ids[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o)),
    (SELECT array_agg(author_ids[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o)),
    (SELECT array_agg(client_ids[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o)),
    (SELECT array_agg(bodies[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o)),
    (SELECT array_agg(reply_seqs[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o)),
    (SELECT array_agg(forward_authors[r.i] ORDER BY r.o) FROM unnest(rest) WITH ORDINALITY r(i, o))
  ) e;
END
$$`;

export class ChatSendTogether1763710000000 implements MigrationInterface {
  name = 'ChatSendTogether1763710000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER FUNCTION chat_send RENAME TO chat_send_each');
    await runner.query(CHAT_SEND);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION chat_send');
    await runner.query('ALTER FUNCTION chat_send_each RENAME TO chat_send');
  }
}
