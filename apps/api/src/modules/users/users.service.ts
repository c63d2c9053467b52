import { Injectable } from '@nestjs/common';
import type { directoryQuery, Locale, Page, Theme, UserSummary } from '@besedka/contracts';
import { z } from 'zod';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { decodeCursor, toPage } from '../../database/keyset.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { toSummary } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';

const directoryCursor = z.object({ name: z.string().max(300), id: z.uuid() });

/** Questions about people that everybody and every module may ask. */
@Injectable()
export class UsersService {
  constructor(private readonly repository: UsersRepository) {}

  /** Public shapes of many people at once, deleted ones included (their messages stay); unknown ids are missing. */
  async summaries(ids: Iterable<string>): Promise<Map<string, UserSummary>> {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0) return new Map();
    const rows = await this.repository.summaries(wanted);
    return new Map(rows.map((row) => [row.id, toSummary(row)]));
  }

  /** Which of these people can be talked to: living and active. */
  async activeAmong(ids: readonly string[], tx?: UnitOfWorkTx): Promise<Set<string>> {
    return new Set(ids.length === 0 ? [] : await this.repository.active(ids, tx));
  }

  /** Language and theme that somebody has chosen, for pages that are drawn here; null: no such account. */
  async lookOf(id: string): Promise<{ locale: Locale; theme: Theme } | null> {
    const row = await this.repository.find(id);
    return row === null ? null : { locale: row.locale, theme: row.theme };
  }

  /** When these people were last seen; null: never. Unknown ids are missing. */
  lastSeen(ids: readonly string[]): Promise<Map<string, Date | null>> {
    return ids.length === 0 ? Promise.resolve(new Map()) : this.repository.lastSeen(ids);
  }

  /** Notes that these people have just been here, e.g. when their last socket closes. */
  async markSeen(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.repository.markSeen(ids);
  }

  /** People one may talk to, by name; oneself is left out. @throws AppError `bad_cursor` */
  async directory(ctx: RequestContext, query: z.infer<typeof directoryQuery>): Promise<Page<UserSummary>> {
    const rows = await this.repository.directory({
      exceptId: principalOf(ctx).userId,
      q: query.q,
      after: decodeCursor(query.cursor, directoryCursor),
      limit: query.limit,
    });
    return toPage(rows, query.limit, (row) => ({ name: row.fullName, id: row.id }), toSummary);
  }
}
