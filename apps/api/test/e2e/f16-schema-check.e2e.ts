import pg from 'pg';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { createTestDatabase, databaseConfig } from '../support/test-database.js';

describe('F16 a schema that differs stops the start with the difference', () => {
  let database: { url: string; drop(): Promise<void> };
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const sql = async (...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const start = (): Promise<void> => prepareDatabase(databaseConfig(database.url));

  it('starts on a complete schema, as often as one likes', async () => {
    await start();
    await start();
  });

  it('names a missing column', async () => {
    await sql('ALTER TABLE users DROP COLUMN full_name');
    await expect(start()).rejects.toThrow(/schema differs[\s\S]*ALTER TABLE "users" ADD "full_name"/);
  });

  it('names a missing table', async () => {
    await sql('DROP TABLE avatars');
    await expect(start()).rejects.toThrow(/schema differs[\s\S]*CREATE TABLE "avatars"/);
  });

  it('names a missing index and a changed type', async () => {
    await sql('DROP INDEX users_username_live', 'ALTER TABLE users ALTER COLUMN username TYPE text');
    await expect(start()).rejects.toThrow(/schema differs[\s\S]*"users_username_live"/);
  });

  it('refuses a database that a newer build has migrated', async () => {
    await sql(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    await expect(start()).rejects.toThrow(/migrated by another build.*FromTheFuture9999999999999/);
  });

  it('finishes a database that was restored before its last migration', async () => {
    await sql('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    await start();
    await start();
  });

  it('lets several processes start at once', async () => {
    await sql('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    await Promise.all([start(), start(), start()]);
  });
});
