import type { AuditEntry, AuditFacts, AuditKey, AuditQuery, Page } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import { toPage } from '../../database/keyset.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AuditRepository, type AuditRow } from './audit.repository.js';

/**
 * Who did what to what. A use case names the key and the facts; who, when, from where and in which request come out of the context.
 * Facts never hold a secret, a token or a text that somebody wrote to somebody.
 */
@Injectable()
export class AuditService {
  constructor(private readonly repository: AuditRepository) {}

  /**
   * Adds a line inside the caller's transaction: what is rolled back was never done.
   * @param subjectId what it is about: an application's or a person's id; null when it is about nothing in particular
   */
  record<K extends AuditKey>(
    ctx: RequestContext,
    tx: Pick<UnitOfWorkTx, 'query'>,
    key: K,
    subjectId: string | null,
    facts: AuditFacts[K],
  ): Promise<void> {
    return this.repository.insert({ ...circumstances(ctx), key, subjectId, facts }, tx);
  }

  /** The same for what happens outside of a transaction. */
  recordNow<K extends AuditKey>(
    ctx: RequestContext,
    key: K,
    subjectId: string | null,
    facts: AuditFacts[K],
  ): Promise<void> {
    return this.repository.insert({ ...circumstances(ctx), key, subjectId, facts });
  }

  /** One page, the latest first. @throws AppError `bad_cursor` */
  async list(query: AuditQuery): Promise<Page<AuditEntry>> {
    const rows = await this.repository.list(query);
    return toPage(rows, query.limit, (row) => ({ id: row.id }), toEntry);
  }
}

/** Bounded like their columns: request id and address may come from the caller. */
function circumstances(ctx: RequestContext) {
  return {
    id: newId(),
    actorId: ctx.principal?.userId ?? null,
    actorName: ctx.principal?.username ?? null,
    requestId: ctx.requestId.slice(0, 100),
    address: ctx.address.slice(0, 64),
  };
}

function toEntry(row: AuditRow): AuditEntry {
  return { ...row, at: row.at.toISOString() };
}
