import { randomUUID } from 'node:crypto';
import { MongoStore } from './subscription-store.js';

/** A MongoDB to test with, or why there is none. */
export type FoundMongo = { readonly url: string } | { readonly reason: string };

/** `MONGO_TEST_URL` names a replica set that may be written to; each file takes a database of its own there. */
export function findMongo(): FoundMongo {
  const url = process.env['MONGO_TEST_URL'] ?? '';
  return url === '' ? { reason: 'there is no MongoDB: set MONGO_TEST_URL to a replica set' } : { url };
}

/** A database of its own; `close` of the store drops it. */
export function openMongoStore(url: string): MongoStore {
  const parsed = new URL(url);
  parsed.pathname = `/besedka_test_${randomUUID().slice(0, 8)}`;
  return new MongoStore(parsed.href);
}
