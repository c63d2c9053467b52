import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/** The stored mapping; it may still name roles that were deleted meanwhile. */
export interface RoleNamesRow {
  readonly roleNames: Readonly<Record<string, readonly string[]>>;
  readonly version: number;
}

const READ = 'SELECT role_names AS "roleNames", version FROM oauth_settings WHERE id = 1';

/** Statements on the one row of settings, which the migration has written. */
@Injectable()
export class RoleNamesRepository {
  constructor(private readonly database: Database) {}

  async read(): Promise<RoleNamesRow> {
    return theRow(await this.database.query<RoleNamesRow>(READ));
  }

  /** The same, locked until the transaction ends. */
  async lock(tx: UnitOfWorkTx): Promise<RoleNamesRow> {
    return theRow(await tx.query<RoleNamesRow>(`${READ} FOR UPDATE`));
  }

  async write(tx: UnitOfWorkTx, roleNames: Readonly<Record<string, readonly string[]>>): Promise<void> {
    await tx.query('UPDATE oauth_settings SET role_names = $1, version = version + 1 WHERE id = 1', [
      JSON.stringify(roleNames),
    ]);
  }
}

function theRow(rows: readonly RoleNamesRow[]): RoleNamesRow {
  const [row] = rows;
  if (row === undefined) throw new Error('oauth_settings has lost its row');
  return row;
}
