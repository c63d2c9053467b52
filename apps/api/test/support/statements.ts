import { Database } from '../../src/database/database.js';
import type { TestApp } from './test-app.js';

/** The single statements that the product sends to the database while `work` runs; those of transactions are not among them. */
export async function statementsOf(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  const database = app.get(Database);
  const statements: string[] = [];
  const query = database.query.bind(database);
  database.query = ((text: string, ...rest: []) => {
    statements.push(text);
    return query(text, ...rest);
  }) as typeof database.query;
  try {
    await work();
  } finally {
    database.query = query;
  }
  return statements;
}
