import { randomUUID } from 'node:crypto';
import { accessTokenKey, mintAccessToken } from './tokens.mjs';

/**
 * Active accounts with a live session each, written straight into the database (passwords are not what is measured).
 * @returns {Promise<{id: string, sessionId: string, token: string}[]>}
 */
export async function createPeople(pool, secret, count, prefix) {
  const people = Array.from({ length: count }, () => ({
    id: randomUUID(),
    sessionId: randomUUID(),
  }));
  const ids = people.map((p) => p.id);
  await pool.query(
    `INSERT INTO users (id, username, full_name, status)
     SELECT id, $2 || n, 'Person ' || $2 || n, 'active' FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)`,
    [ids, prefix],
  );
  await pool.query(`INSERT INTO user_roles (user_id, role_key) SELECT unnest($1::uuid[]), 'user'`, [ids]);
  await pool.query(
    `INSERT INTO sessions (id, user_id, rotated_at, user_agent, address, last_seen_at, expires_at)
     SELECT s, u, now(), 'bench', '127.0.0.1', now(), now() + interval '1 day' FROM unnest($1::uuid[], $2::uuid[]) AS p(s, u)`,
    [people.map((p) => p.sessionId), ids],
  );
  const key = await accessTokenKey(secret);
  return people.map((p) => ({ ...p, token: mintAccessToken(key, p) }));
}

/** Groups with the given members each. @returns {Promise<string[]>} chat ids */
export async function createGroups(pool, count, memberIds) {
  const ids = Array.from({ length: count }, () => randomUUID());
  await pool.query(
    `INSERT INTO chats (id, kind, title, created_by) SELECT id, 'group', 'Group ' || n, $2
     FROM unnest($1::uuid[]) WITH ORDINALITY AS g(id, n)`,
    [ids, memberIds[0]],
  );
  await pool.query(
    `INSERT INTO chat_members (chat_id, user_id) SELECT c, u FROM unnest($1::uuid[]) c CROSS JOIN unnest($2::uuid[]) u`,
    [ids, memberIds],
  );
  return ids;
}
