import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Changes of messages and read pointers, one round trip each. Every statement inside takes its snapshot after the row lock was
 * got, which one plain UPDATE with sub-selects would not do: it could count without the message that it had waited for.
 *
 * `outcome`: done | unchanged (nothing was written) | an error code of the contracts.
 */
const CHAT_EDIT = `
CREATE FUNCTION chat_edit(in_chat uuid, in_user uuid, in_seq int, in_body text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  old record;
  next_rev int;
BEGIN
  PERFORM 1 FROM chats c WHERE c.id = in_chat FOR NO KEY UPDATE;
  SELECT m.author_id, m.forward_author, m.deleted_at, m.body, m.rev, coalesce(m.edited_at, m.created_at) AS written_at
  INTO old FROM chat_members cm LEFT JOIN messages m ON m.chat_id = cm.chat_id AND m.seq = in_seq AND m.seq > cm.hidden_seq
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user;
  IF NOT FOUND THEN RETURN 'chat_not_found'; END IF;
  IF old.author_id IS NULL THEN RETURN 'message_not_found'; END IF;
  IF old.deleted_at IS NOT NULL THEN RETURN 'message_deleted'; END IF;
  -- A forwarded text is shown under its first author's name: changing it would put words into somebody's mouth.
  IF old.author_id <> in_user OR coalesce(old.forward_author, in_user) <> in_user THEN RETURN 'not_message_author'; END IF;
  IF old.body = in_body THEN RETURN 'unchanged'; END IF;

  UPDATE chats c SET last_rev = c.last_rev + 1 WHERE c.id = in_chat RETURNING c.last_rev INTO next_rev;
  INSERT INTO message_revisions (chat_id, seq, rev, body, written_at) VALUES (in_chat, in_seq, old.rev, old.body, old.written_at);
  UPDATE messages m SET body = in_body, rev = next_rev, edited_at = now() WHERE m.chat_id = in_chat AND m.seq = in_seq;
  RETURN 'done';
END
$$`;

/** `in_moderates`: the user may delete other people's messages, except in direct chats, which are nobody's to moderate. */
const CHAT_DELETE = `
CREATE FUNCTION chat_delete(in_chat uuid, in_user uuid, in_seq int, in_moderates boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  old record;
  chat_kind text;
  next_rev int;
BEGIN
  SELECT c.kind INTO chat_kind FROM chats c WHERE c.id = in_chat FOR NO KEY UPDATE;
  SELECT m.author_id, m.deleted_at
  INTO old FROM chat_members cm LEFT JOIN messages m ON m.chat_id = cm.chat_id AND m.seq = in_seq AND m.seq > cm.hidden_seq
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user;
  IF NOT FOUND THEN RETURN 'chat_not_found'; END IF;
  IF old.author_id IS NULL THEN RETURN 'message_not_found'; END IF;
  IF old.deleted_at IS NOT NULL THEN RETURN 'message_deleted'; END IF;
  IF old.author_id <> in_user AND NOT (in_moderates AND chat_kind <> 'direct') THEN RETURN 'forbidden'; END IF;

  UPDATE chats c SET last_rev = c.last_rev + 1 WHERE c.id = in_chat RETURNING c.last_rev INTO next_rev;
  DELETE FROM message_revisions r WHERE r.chat_id = in_chat AND r.seq = in_seq;
  UPDATE messages m SET body = NULL, rev = next_rev, deleted_at = now() WHERE m.chat_id = in_chat AND m.seq = in_seq;
  RETURN 'done';
END
$$`;

/** Moves the read pointer forward to `in_seq`, never back and never beyond the last message. */
const CHAT_READ = `
CREATE FUNCTION chat_read(in_chat uuid, in_user uuid, in_seq int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  member record;
  target int;
BEGIN
  SELECT cm.read_seq, cm.own_after_read INTO member FROM chat_members cm
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'chat_not_found'; END IF;
  SELECT least(in_seq, c.last_seq) INTO target FROM chats c WHERE c.id = in_chat;
  IF target <= member.read_seq THEN RETURN 'unchanged'; END IF;
  UPDATE chat_members cm SET
    read_seq = target,
    own_after_read = CASE WHEN member.own_after_read = 0 THEN 0 ELSE (
      SELECT count(*) FROM messages m WHERE m.chat_id = in_chat AND m.seq > target AND m.author_id = in_user
    ) END
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user;
  RETURN 'done';
END
$$`;

/** Moves the read pointer back to just before `in_from`; what is hidden from the member stays read. */
const CHAT_UNREAD = `
CREATE FUNCTION chat_unread(in_chat uuid, in_user uuid, in_from int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  member record;
  target int;
BEGIN
  SELECT cm.read_seq, cm.hidden_seq INTO member FROM chat_members cm
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'chat_not_found'; END IF;
  target := greatest(in_from - 1, member.hidden_seq, 0);
  IF target >= member.read_seq THEN RETURN 'unchanged'; END IF;
  UPDATE chat_members cm SET
    read_seq = target,
    own_after_read = (
      SELECT count(*) FROM messages m WHERE m.chat_id = in_chat AND m.seq > target AND m.author_id = in_user
    )
  WHERE cm.chat_id = in_chat AND cm.user_id = in_user;
  RETURN 'done';
END
$$`;

export class ChatChanges1763650200000 implements MigrationInterface {
  name = 'ChatChanges1763650200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [CHAT_EDIT, CHAT_DELETE, CHAT_READ, CHAT_UNREAD]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION chat_unread, chat_read, chat_delete, chat_edit');
  }
}
