import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { PUBLISHED_BEFORE_USE_SECONDS } from './signing-key-times.js';

/** Key of the advisory lock under which keys change, one process at a time; any constant of our own. */
const KEYS_LOCK = 6_272_802;

export interface SigningKeyRow {
  readonly kid: string;
  readonly state: 'next' | 'current' | 'retired';
  readonly publicJwk: JWK;
  readonly privateSealed: Buffer;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
}

/** A key pair that was just made. */
export type NewSigningKey = Pick<SigningKeyRow, 'kid' | 'publicJwk' | 'privateSealed'>;

const COLUMNS = `kid, state, public_jwk AS "publicJwk", private_sealed AS "privateSealed", created_at AS "createdAt",
  activated_at AS "activatedAt", retired_at AS "retiredAt"`;

/** Statements on signing keys. Times are the database's, and those of the moment: a transaction may have waited for the lock. */
@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: Database) {}

  /** All keys that are kept, the newest first. */
  all(): Promise<SigningKeyRow[]> {
    return this.database.query<SigningKeyRow>(
      `SELECT ${COLUMNS} FROM oauth_signing_keys ORDER BY created_at DESC, kid`,
      [],
      { name: 'oauth-signing-keys' },
    );
  }

  /** Waits until no other process changes keys, until the end of the transaction. @returns the keys in use then */
  async lock(tx: UnitOfWorkTx): Promise<SigningKeyRow[]> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [KEYS_LOCK]);
    return tx.query<SigningKeyRow>(`SELECT ${COLUMNS} FROM oauth_signing_keys WHERE state IN ('next', 'current')`);
  }

  /** @param state `current` signs from this moment on */
  async insert(tx: UnitOfWorkTx, key: NewSigningKey, state: 'next' | 'current'): Promise<void> {
    await tx.query(
      `INSERT INTO oauth_signing_keys (kid, alg, state, public_jwk, private_sealed, created_at, activated_at)
       VALUES ($1, 'RS256', $2::varchar, $3, $4, clock_timestamp(),
         CASE WHEN $2::varchar = 'current' THEN clock_timestamp() END)`,
      [key.kid, state, JSON.stringify(key.publicJwk), key.privateSealed],
    );
  }

  /** Takes a key out of use at once. */
  async retire(tx: UnitOfWorkTx, kid: string): Promise<void> {
    await tx.query(`UPDATE oauth_signing_keys SET state = 'retired', retired_at = clock_timestamp() WHERE kid = $1`, [
      kid,
    ]);
  }

  /** Makes the next key the current one at once; only where there is no current one that could go on. */
  async promote(tx: UnitOfWorkTx, kid: string): Promise<void> {
    await tx.query(`UPDATE oauth_signing_keys SET state = 'current', activated_at = clock_timestamp() WHERE kid = $1`, [
      kid,
    ]);
  }

  /**
   * The next key becomes the current one and signs as soon as it has been published for long enough; until that moment the current
   * one goes on. @returns that moment
   */
  async exchange(tx: UnitOfWorkTx): Promise<Date> {
    const [row] = await tx.query<{ at: Date }>(
      `SELECT greatest(clock_timestamp(), created_at + make_interval(secs => $1)) AS at
       FROM oauth_signing_keys WHERE state = 'next'`,
      [PUBLISHED_BEFORE_USE_SECONDS],
    );
    if (row === undefined) throw new Error('there is no next signing key');
    // One after the other: the index allows one key of each state.
    await tx.query(`UPDATE oauth_signing_keys SET state = 'retired', retired_at = $1 WHERE state = 'current'`, [
      row.at,
    ]);
    await tx.query(`UPDATE oauth_signing_keys SET state = 'current', activated_at = $1 WHERE state = 'next'`, [row.at]);
    return row.at;
  }

  /** Whether the current key has been in use for so long. */
  async isOlderThan(tx: UnitOfWorkTx, days: number): Promise<boolean> {
    const [row] = await tx.query<{ old: boolean }>(
      `SELECT activated_at <= clock_timestamp() - make_interval(days => $1) AS old
       FROM oauth_signing_keys WHERE state = 'current'`,
      [days],
    );
    return row?.old === true;
  }

  /** Destroys the private part of keys that can sign nothing any more. @returns how many */
  forgetPrivate(afterSeconds: number): Promise<number> {
    return this.database.execute(
      `UPDATE oauth_signing_keys SET private_sealed = '' WHERE state = 'retired' AND private_sealed <> ''
         AND retired_at < now() - make_interval(secs => $1)`,
      [afterSeconds],
    );
  }

  /** Removes keys that were taken out of use so long ago. @returns how many */
  remove(afterDays: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM oauth_signing_keys WHERE state = 'retired' AND retired_at < now() - make_interval(days => $1)`,
      [afterDays],
    );
  }
}
