import type { AuditKey, AuditQuery } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../database/database.js';
import { decodeCursor } from '../../database/keyset.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/** An entry as it is stored. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly key: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly subjectId: string | null;
  readonly facts: Record<string, unknown>;
  readonly requestId: string;
  readonly address: string;
}

export interface NewAuditRow extends Omit<AuditRow, 'at' | 'facts'> {
  readonly key: AuditKey;
  readonly facts: object;
}

const cursorSchema = z.object({ id: z.uuid() });

/** Statements on the audit log: lines are added and read, never changed. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: Database) {}

  /** @param tx the transaction of what happened; without one the line stands for itself */
  async insert(row: NewAuditRow, tx: Pick<UnitOfWorkTx, 'query'> = this.database): Promise<void> {
    await tx.query(
      `INSERT INTO audit_log (id, key, actor_id, actor_name, subject_id, facts, request_id, address)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        row.id,
        row.key,
        row.actorId,
        row.actorName,
        row.subjectId,
        JSON.stringify(row.facts),
        row.requestId,
        row.address,
      ],
    );
  }

  /** One page, the latest first, the extra row included. @throws AppError `bad_cursor` */
  list(query: AuditQuery): Promise<AuditRow[]> {
    const after = decodeCursor(query.cursor, cursorSchema);
    const params: unknown[] = [];
    const where = ['true'];
    const only = (condition: (parameter: string) => string, value: unknown): void => {
      if (value !== undefined) where.push(condition(`$${params.push(value)}`));
    };
    only((p) => `key = ${p}`, query.key);
    only((p) => `subject_id = ${p}`, query.subjectId);
    only((p) => `actor_id = ${p}::uuid`, query.actorId);
    only((p) => `id < ${p}::uuid`, after?.id);
    return this.database.query<AuditRow>(
      `SELECT id, at, key, actor_id AS "actorId", actor_name AS "actorName", subject_id AS "subjectId", facts,
         request_id AS "requestId", address
       FROM audit_log WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT $${params.push(query.limit + 1)}`,
      params,
    );
  }
}
