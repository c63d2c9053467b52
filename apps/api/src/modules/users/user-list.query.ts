import { type UserListQuery } from '@besedka/contracts';
import { z } from 'zod';
import { AppError } from '../../common/errors/app-error.js';
import { decodeCursor } from '../../database/keyset.js';
import type { ReadScope } from '../roles/reach.js';
import { USER_COLUMNS } from './users.rows.js';

type Sort = UserListQuery['sort'];

/** Microseconds since 1970 as text: exact, where a JavaScript date would round and lose rows between pages. */
const micros = (expression: string): string => `((extract(epoch FROM ${expression}) * 1000000)::bigint)::text`;
const fromMicros = (parameter: string): string => `(to_timestamp(0) + ${parameter}::bigint * interval '1 microsecond')`;

/** Never seen sorts before everything seen. */
const LAST_SEEN = `coalesce(u.last_seen_at, to_timestamp(0))`;

const SORTS: Record<Sort, { expression: string; key: string; bind: (parameter: string) => string; time: boolean }> = {
  fullName: { expression: 'u.full_name', key: 'u.full_name', bind: (p) => `${p}::text`, time: false },
  username: { expression: 'u.username', key: 'u.username', bind: (p) => `${p}::text`, time: false },
  createdAt: { expression: 'u.created_at', key: micros('u.created_at'), bind: fromMicros, time: true },
  lastSeenAt: { expression: LAST_SEEN, key: micros(LAST_SEEN), bind: fromMicros, time: true },
};

const cursorSchema = z.object({ s: z.string(), k: z.string().max(300), id: z.uuid() });

/** Text to look for anywhere in a column; its own wildcards mean themselves. */
export function containing(text: string): string {
  return `%${text.normalize('NFC').replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
}

/** Names the order that a cursor belongs to. */
export const orderName = (query: Pick<UserListQuery, 'sort' | 'direction'>): string =>
  `${query.sort}:${query.direction}`;

/**
 * The statement behind `GET /users`: one page, the extra row included, roles aggregated in place.
 * @param scope whose accounts the asker may read; null: everybody's
 * @throws AppError `bad_cursor` also for a cursor of another order
 */
export function userListStatement(query: UserListQuery, scope: ReadScope | null): { sql: string; params: unknown[] } {
  const sort = SORTS[query.sort];
  const params: unknown[] = [];
  const bind = (value: unknown): string => `$${params.push(value)}`;
  const where = ['u.deleted_at IS NULL'];
  if (scope !== null) {
    const [managed, all] = [bind(scope.managed), bind([...scope.managed, ...scope.beside])];
    const held = (condition: string): string =>
      `EXISTS (SELECT 1 FROM user_roles s WHERE s.user_id = u.id AND ${condition})`;
    where.push(`(u.id = ${bind(scope.userId)} OR (NOT ${held(`s.role_key <> ALL (${all}::text[])`)}
      AND (${held(`s.role_key = ANY (${managed}::text[])`)} OR NOT ${held('true')})))`);
  }
  if (query.q !== undefined && query.q !== '') {
    const q = bind(containing(query.q));
    where.push(`(u.full_name ILIKE ${q} OR u.username ILIKE ${q} OR u.email ILIKE ${q})`);
  }
  if (query.status !== undefined) where.push(`u.status = ${bind(query.status)}`);
  if (query.role !== undefined) {
    where.push(`EXISTS (SELECT 1 FROM user_roles f WHERE f.user_id = u.id AND f.role_key = ${bind(query.role)})`);
  }
  const after = decodeCursor(query.cursor, cursorSchema);
  if (after !== null) {
    if (after.s !== orderName(query) || (sort.time && !/^\d{1,16}$/.test(after.k))) throw new AppError('bad_cursor');
    const key = sort.bind(bind(after.k));
    const id = bind(after.id);
    where.push(`(${sort.expression}, u.id) ${query.direction === 'asc' ? '>' : '<'} (${key}, ${id}::uuid)`);
  }
  const direction = query.direction === 'asc' ? 'ASC' : 'DESC';
  const sql = `SELECT ${USER_COLUMNS}, ${sort.key} AS "sortKey" FROM users u WHERE ${where.join(' AND ')}
    ORDER BY ${sort.expression} ${direction}, u.id ${direction} LIMIT ${bind(query.limit + 1)}`;
  return { sql, params };
}
