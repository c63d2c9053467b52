import type { DataSource } from 'typeorm';
import { StartupError } from '../config/config-error.js';

/**
 * A command works on the tables as they are: only a start of the server changes them (F16).
 * @throws StartupError when another build, or none yet, has set the database up
 */
export async function assertDatabaseFits(source: DataSource): Promise<void> {
  const [table] = await source.query<{ found: string | null }[]>(`SELECT to_regclass('migrations') AS found`);
  if (table?.found == null) throw new StartupError('The database is empty: start the server once.');
  const rows = await source.query<{ name: string }[]>('SELECT name FROM migrations');
  const there = new Set(rows.map((row) => row.name));
  const known = source.migrations.map((migration) => migration.name ?? migration.constructor.name);
  if (known.length !== there.size || known.some((name) => !there.has(name))) {
    throw new StartupError(
      'The database was set up by another build: run the command of that one, or restart the server.',
    );
  }
}
