import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  cloneDatabase,
  createTemplate,
  dropDatabase,
  templateName,
  testDatabaseUrl,
} from '@besedka/testing/postgres-template';
import { prepareDatabase } from '../../src/database/prepare-database.js';

const MIGRATIONS_FOLDER = resolve(import.meta.dirname, '..', '..', 'src', 'database', 'migrations');

/** Settings that only reach a database, generous enough for a busy test machine. */
export function databaseConfig(url: string) {
  return { url, poolSize: 10, statementTimeoutMs: 15_000, connectTimeoutMs: 10_000 };
}

/** A migrated database of one's own, cloned from a template that the first caller builds. */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const admin = testDatabaseUrl();
  const sources = readdirSync(MIGRATIONS_FOLDER)
    .sort()
    .map((name) => readFileSync(join(MIGRATIONS_FOLDER, name), 'utf8'));
  const template = templateName('besedka_api', ...sources);
  await createTemplate(admin, template, (url) => prepareDatabase(databaseConfig(url)));
  const url = await cloneDatabase(admin, template, 'api');
  return { url, drop: () => dropDatabase(admin, url) };
}
