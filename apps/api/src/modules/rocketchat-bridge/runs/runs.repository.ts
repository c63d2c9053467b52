import type {
  RocketChatBackupFile,
  RocketChatRun,
  RocketChatRunFailure,
  RocketChatRunKind,
  RocketChatRunOrigin,
  RocketChatRunResult,
  RocketChatRunState,
  RocketChatRunStep,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

/** A run as it is stored. */
export interface RunRow extends Omit<RocketChatRun, 'startedAt' | 'finishedAt'> {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface NewRun {
  readonly id: string;
  readonly kind: RocketChatRunKind;
  readonly origin: RocketChatRunOrigin;
  readonly startedBy: string | null;
  readonly backupId: string | null;
  readonly file: RocketChatBackupFile | null;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: Exclude<RocketChatRunState, 'running'>;
  readonly steps: readonly RocketChatRunStep[];
  readonly result: RocketChatRunResult | null;
  readonly failure: RocketChatRunFailure | null;
  /** A backup that it made; one that was uploaded stays. */
  readonly file: RocketChatBackupFile | null;
}

const COLUMNS = `id, kind, state, origin, started_by AS "startedBy", started_at AS "startedAt", finished_at AS "finishedAt",
  backup_id AS "backupId", steps, result, failure`;

/** The page made a backup and has its file; who made one on the command line has it there. */
const DOWNLOADABLE = `kind = 'backup' AND state = 'done' AND file IS NOT NULL`;

/** Rocket.Chat is another since, or may be: what ended well tells its changes, of everything else it is enough that a step was begun. */
const WROTE = `kind IN ('apply', 'restore', 'rollback') AND CASE state
  WHEN 'done' THEN jsonb_array_length(coalesce(result->'applied'->'changed', result->'restored'->'changed')) > 0
  WHEN 'interrupted' THEN true
  ELSE jsonb_array_length(steps) > 0 END`;

/** Statements on the runs. A lease is counted by the database's clock alone, so that nodes need not agree on the time. */
@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  /** Begins a run. @returns false when another one is under way, here or in another process */
  async begin({ id, kind, origin, startedBy, backupId, file }: NewRun, leaseSeconds: number): Promise<boolean> {
    await this.endAbandoned();
    const begun = await this.database.execute(
      `INSERT INTO rocketchat_runs (id, kind, state, origin, started_by, backup_id, file, steps, lease_until)
       VALUES ($1, $2, 'running', $3, $4, $5, $6, '[]', now() + make_interval(secs => $7))
       ON CONFLICT (state) WHERE state = 'running' DO NOTHING`,
      [id, kind, origin, startedBy, backupId, jsonOrNull(file), leaseSeconds],
    );
    return begun > 0;
  }

  /** Notes how far it is, and holds it for another lease. @returns false when somebody has ended it meanwhile */
  async hold(id: string, steps: readonly RocketChatRunStep[], leaseSeconds: number): Promise<boolean> {
    const held = await this.database.execute(
      `UPDATE rocketchat_runs SET steps = $2, lease_until = now() + make_interval(secs => $3)
       WHERE id = $1 AND state = 'running'`,
      [id, JSON.stringify(steps), leaseSeconds],
    );
    return held > 0;
  }

  /** Ends it; one that was given up for dead meanwhile says after all how it went. */
  async end(id: string, { state, steps, result, failure, file }: RunEnd): Promise<void> {
    await this.database.execute(
      `UPDATE rocketchat_runs SET state = $2, steps = $3, result = $4, failure = $5, file = coalesce($6, file),
         finished_at = now()
       WHERE id = $1 AND state IN ('running', 'interrupted')`,
      [id, state, JSON.stringify(steps), jsonOrNull(result), jsonOrNull(failure), jsonOrNull(file)],
    );
  }

  /** Runs whose process has ended without them: their lease has run out. */
  async endAbandoned(): Promise<void> {
    await this.database.execute(
      `UPDATE rocketchat_runs SET state = 'interrupted', finished_at = lease_until
       WHERE state = 'running' AND lease_until < now()`,
    );
  }

  async find(id: string): Promise<RunRow | null> {
    const [row] = await this.database.query<RunRow>(`SELECT ${COLUMNS} FROM rocketchat_runs WHERE id = $1`, [id]);
    return row ?? null;
  }

  async running(): Promise<RunRow | null> {
    const [row] = await this.database.query<RunRow>(`SELECT ${COLUMNS} FROM rocketchat_runs WHERE state = 'running'`);
    return row ?? null;
  }

  /** The latest first. */
  latest(limit: number): Promise<RunRow[]> {
    return this.database.query<RunRow>(`SELECT ${COLUMNS} FROM rocketchat_runs ORDER BY id DESC LIMIT $1`, [limit]);
  }

  /** The last run of this kind that is not under way. */
  async lastOf(kind: RocketChatRunKind): Promise<RunRow | null> {
    const [row] = await this.database.query<RunRow>(
      `SELECT ${COLUMNS} FROM rocketchat_runs WHERE kind = $1 AND state <> 'running' ORDER BY id DESC LIMIT 1`,
      [kind],
    );
    return row ?? null;
  }

  /** The last run of all, and the last one by which Rocket.Chat may have become another. */
  async marks(): Promise<{ latestId: string | null; wroteAt: Date | null }> {
    const [row] = await this.database.query<{ latestId: string | null; wroteAt: Date | null }>(
      `SELECT (SELECT id FROM rocketchat_runs ORDER BY id DESC LIMIT 1) AS "latestId",
         (SELECT max(started_at) FROM rocketchat_runs WHERE ${WROTE}) AS "wroteAt"`,
    );
    return row ?? { latestId: null, wroteAt: null };
  }

  /** The backup that a run made, or was given. */
  async file(id: string): Promise<RocketChatBackupFile | null> {
    const [row] = await this.database.query<{ file: RocketChatBackupFile | null }>(
      'SELECT file FROM rocketchat_runs WHERE id = $1',
      [id],
    );
    return row?.file ?? null;
  }

  /** Runs that made a backup which is here, the latest first. */
  backups(): Promise<RunRow[]> {
    return this.database.query<RunRow>(`SELECT ${COLUMNS} FROM rocketchat_runs WHERE ${DOWNLOADABLE} ORDER BY id DESC`);
  }

  /** Whether something was written to Rocket.Chat, or may have been, since this run. */
  async hasWrittenSince(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM rocketchat_runs WHERE kind IN ('apply', 'restore', 'rollback')
         AND started_at > (SELECT started_at FROM rocketchat_runs WHERE id = $1) LIMIT 1`,
      [id],
    );
    return rows.length > 0;
  }

  /** Removes all but the latest; never the last one of a kind or the last that wrote (the page tells of them), nor the last backups. */
  async forgetOld(keep: number, keepBackups: number): Promise<void> {
    await this.database.execute(
      `DELETE FROM rocketchat_runs WHERE id NOT IN (SELECT id FROM rocketchat_runs ORDER BY id DESC LIMIT $1)
       AND id NOT IN (SELECT DISTINCT ON (kind) id FROM rocketchat_runs ORDER BY kind, id DESC)
       AND id NOT IN (SELECT id FROM rocketchat_runs WHERE ${WROTE} ORDER BY started_at DESC LIMIT 1)
       AND id NOT IN (SELECT id FROM rocketchat_runs WHERE ${DOWNLOADABLE} ORDER BY id DESC LIMIT $2)`,
      [keep, keepBackups],
    );
  }
}

const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
