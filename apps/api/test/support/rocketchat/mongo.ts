import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { MongoStore } from './subscription-store.js';

/** A MongoDB to test with, or why there is none. `close` when the file is done. */
export type FoundMongo =
  | {
      readonly url: string;
      /** Ends the server and starts it anew with what it held; absent where it is not ours. */
      readonly restart?: () => Promise<void>;
      close(): Promise<void>;
    }
  | { readonly reason: string; close(): Promise<void> };

/** A busy machine needs longer for a start than the ten seconds that are given by default. */
const PATIENT = { instanceOpts: [{ launchTimeout: 60_000 }] };

const nothing = (): Promise<void> => Promise.resolve();

/**
 * `MONGO_TEST_URL` names a replica set that may be written to; each file takes a database of its own there. Otherwise
 * `mongodb-memory-server` starts one, if it finds a `mongod` (its cache, `MONGOMS_SYSTEM_BINARY`) or may fetch it: that only where
 * `MONGOMS_RUNTIME_DOWNLOAD=true` says so, because nobody expects a test run to load a hundred megabytes.
 */
export async function findMongo(): Promise<FoundMongo> {
  const url = process.env['MONGO_TEST_URL'] ?? '';
  if (url !== '') return { url, close: nothing };
  const { MongoBinary, MongoMemoryReplSet } = await prepared();
  try {
    await MongoBinary.getPath();
    const server = await MongoMemoryReplSet.create({ ...PATIENT, replSet: { count: 1, storageEngine: 'wiredTiger' } });
    return {
      url: server.getUri(),
      // Its only member by itself: the set is initiated already, and what would be written to it anew gets in the way of the election.
      restart: async () => {
        for (const member of server.servers) {
          await member.stop({ doCleanup: false });
          await member.start(true);
        }
      },
      close: async () => void (await server.stop()),
    };
  } catch {
    return {
      reason: 'no MongoDB: set MONGO_TEST_URL to a replica set, or MONGOMS_RUNTIME_DOWNLOAD=true',
      close: nothing,
    };
  }
}

/** A MongoDB of ours that asks for accounts; `root` may do everything there. */
export type GuardedMongo =
  | { readonly host: string; readonly root: string; close(): Promise<void> }
  | { readonly reason: string; close(): Promise<void> };

/** Only where `mongodb-memory-server` can start one: at `MONGO_TEST_URL` we make no accounts. */
export async function findGuardedMongo(): Promise<GuardedMongo> {
  const { MongoBinary, MongoMemoryReplSet } = await prepared();
  try {
    await MongoBinary.getPath();
    const server = await MongoMemoryReplSet.create({
      ...PATIENT,
      replSet: { count: 1, auth: { enable: true, customRootName: 'root', customRootPwd: 'root' } },
    });
    const { host } = new URL(server.getUri());
    return {
      host,
      root: `mongodb://root:root@${host}/?authSource=admin`,
      close: async () => void (await server.stop()),
    };
  } catch {
    return { reason: 'no MongoDB of our own: set MONGOMS_SYSTEM_BINARY', close: nothing };
  }
}

async function prepared() {
  process.env['MONGOMS_RUNTIME_DOWNLOAD'] ??= 'false';
  // Whichever release is there is the one to test with.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] ??= 'false';
  return import('mongodb-memory-server-core');
}

/** A database of its own; `close` of the store drops it. */
export function openMongoStore(url: string): MongoStore {
  // By hand: an address with several hosts is none to `URL`.
  const [, server = url, options = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*(\?.*)?$/.exec(url) ?? [];
  return new MongoStore(`${server}/besedka_test_${randomUUID().slice(0, 8)}${options}`);
}
