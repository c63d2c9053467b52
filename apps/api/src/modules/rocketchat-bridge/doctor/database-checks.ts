import type { DoctorLine } from '@besedka/contracts';
import pg from 'pg';
import { databaseCode } from '../../../common/errors/database-errors.js';
import { MIGRATIONS } from '../../../database/migrations/index.js';
import { notAsked, ok, wrong } from './lines.js';
import { PATIENCE_MS, type Patient } from './patient.js';

/** PostgreSQL 15: what `docs/configuration.md` asks for. */
const OLDEST = 150_000;
/** Codes that say that it is there and does not let us in. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'password',
  '28000': 'account',
  '3D000': 'database',
};

/** PostgreSQL and its tables, on a connection of its own: it must work where the server's pool does not. */
export async function checkDatabase({ config, databaseTrouble }: Patient): Promise<DoctorLine[]> {
  if (databaseTrouble !== null) {
    return [wrong('postgres_missing', { why: databaseTrouble }, 'npm start'), notAsked('migrations')];
  }
  const client = new pg.Client({
    connectionString: config.database.url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  // A server that goes away meanwhile says so here, and again at the statement.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const [version] = (await client.query<{ number: string; text: string }>(VERSION)).rows;
    const facts = { version: version?.text ?? '' };
    if (Number(version?.number) < OLDEST) return [wrong('postgres_too_old', facts), notAsked('migrations')];
    return [ok('postgres', facts), await migrations(client)];
  } catch (error) {
    const what = REFUSALS[databaseCode(error) ?? ''];
    const line =
      what === undefined
        ? wrong('postgres_unreachable', { code: databaseCode(error) ?? '' })
        : wrong('postgres_refused', { what });
    return [line, notAsked('migrations')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

const VERSION = `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS text`;

/** F16: the tables are those of this build. */
async function migrations(client: pg.Client): Promise<DoctorLine> {
  const [table] = (await client.query<{ found: string | null }>(`SELECT to_regclass('migrations') AS found`)).rows;
  if (table?.found == null) return wrong('migrations_none', {}, 'npm start');
  const there = new Set(
    (await client.query<{ name: string }>('SELECT name FROM migrations')).rows.map(({ name }) => name),
  );
  const known = MIGRATIONS.map(({ name }) => name);
  const unknown = [...there].filter((name) => !known.includes(name));
  if (unknown.length > 0) return wrong('migrations_unknown', { count: String(unknown.length) });
  const pending = known.filter((name) => !there.has(name));
  if (pending.length > 0) return wrong('migrations_pending', { count: String(pending.length) }, 'npm start');
  return ok('migrations', { count: String(known.length) });
}
