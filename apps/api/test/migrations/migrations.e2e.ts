import { randomUUID } from 'node:crypto';
import { createEmptyDatabase, dropDatabase, testDatabaseUrl } from '@besedka/testing/postgres-template';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source.js';
import { MIGRATIONS } from '../../src/database/migrations/index.js';
import { schemaDifferences } from '../../src/database/prepare-database.js';
import { databaseConfig } from '../support/test-database.js';

/**
 * Everything of ours in the database, one line each: relations, columns, constraints, indexes, sequences, functions, types, triggers.
 * The table in which TypeORM notes its work is its own, and not ours.
 */
const CATALOGUE = `
WITH ours AS (
  SELECT c.* FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i')
    AND c.relname NOT IN ('migrations', 'migrations_id_seq')
    AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = c.oid AND i.indrelid = to_regclass('migrations'))
)
SELECT format('relation %s %s', relkind, relname) AS line FROM ours
UNION ALL SELECT format('column %s.%s %s %s %s %s', o.relname, a.attname,
    row_number() OVER (PARTITION BY o.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
    a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
  FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum WHERE o.relkind <> 'i'
UNION ALL SELECT format('constraint %s.%s %s', o.relname, k.conname, pg_get_constraintdef(k.oid))
  FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
UNION ALL SELECT format('index %s', pg_get_indexdef(oid)) FROM ours WHERE relkind = 'i'
UNION ALL SELECT format('sequence %s', s.*) FROM pg_sequences s
  WHERE s.schemaname = 'public' AND s.sequencename <> 'migrations_id_seq'
UNION ALL SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
UNION ALL SELECT format('type %s %s', t.typtype, t.typname) FROM pg_type t
  WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
UNION ALL SELECT format('trigger %s', pg_get_triggerdef(g.oid)) FROM pg_trigger g JOIN ours o ON o.oid = g.tgrelid
  WHERE NOT g.tgisinternal
ORDER BY line`;

describe('migrations go up and down', () => {
  const admin = testDatabaseUrl();
  const sources: DataSource[] = [];
  let url: string;

  beforeEach(async () => {
    url = await createEmptyDatabase(admin, `migrations_${randomUUID().replaceAll('-', '')}`);
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.destroy()));
    await dropDatabase(admin, url);
  });

  /** The database as a build sees it that has the first `count` migrations. */
  async function open(count = MIGRATIONS.length): Promise<DataSource> {
    const options = dataSourceOptions({ ...databaseConfig(url), poolSize: 2 });
    const source = new DataSource({ ...options, migrations: MIGRATIONS.slice(0, count) });
    await source.initialize();
    sources.push(source);
    return source;
  }

  const up = (source: DataSource) => source.runMigrations({ transaction: 'each' });
  const down = (source: DataSource) => source.undoLastMigration({ transaction: 'each' });

  async function catalogue(source: DataSource): Promise<string[]> {
    return (await source.query<{ line: string }[]>(CATALOGUE)).map(({ line }) => line);
  }

  it('all up is what the entities describe; all down leaves nothing; all up again is the same', async () => {
    const source = await open();
    expect(await catalogue(source)).toEqual([]);
    expect(await up(source)).toHaveLength(MIGRATIONS.length);
    const complete = await catalogue(source);
    expect(complete).toContain('relation r messages');
    expect(await schemaDifferences(await open())).toEqual([]);

    for (const left of MIGRATIONS.keys()) {
      expect(await source.query('SELECT 1 FROM migrations')).toHaveLength(MIGRATIONS.length - left);
      await down(source);
    }
    expect(await source.query('SELECT 1 FROM migrations')).toEqual([]);
    expect(await catalogue(source)).toEqual([]);

    await up(source);
    expect(await catalogue(source)).toEqual(complete);
    expect(await schemaDifferences(await open())).toEqual([]);
  });

  it.each(MIGRATIONS.map((migration, n) => [migration.name, n] as const))(
    '%s takes back exactly what it did',
    async (_name, before) => {
      if (before > 0) await up(await open(before));
      const source = await open(before + 1);
      const earlier = await catalogue(source);
      expect(await up(source)).toHaveLength(1);
      const later = await catalogue(source);
      expect(later).not.toEqual(earlier);
      await down(source);
      expect(await catalogue(source)).toEqual(earlier);
      await up(source);
      expect(await catalogue(source)).toEqual(later);
    },
  );
});
