import { MongoClient } from 'mongodb';
import { loadConfig } from '../../../src/config/load-config.js';
import { checkMongo } from '../../../src/modules/rocketchat-bridge/doctor/mongo-check.js';
import type { Patient } from '../../../src/modules/rocketchat-bridge/doctor/patient.js';
import { MongoSubscriptionFeed } from '../../../src/modules/rocketchat-bridge/unread/mongo-feed.js';
import type { SubscriptionEvent } from '../../../src/modules/rocketchat-bridge/unread/subscription-feed.js';
import { findGuardedMongo } from '../../support/rocketchat/mongo.js';

const mongo = await findGuardedMongo();

/** The rights that the compose file's account has (`docker/mongo/set-up.js`), and nothing else. */
const READER_RIGHTS = [
  { resource: { db: 'rocketchat', collection: 'rocketchat_subscription' }, actions: ['find', 'changeStream'] },
  { resource: { db: 'rocketchat', collection: 'rocketchat_room' }, actions: ['find'] },
];

describe(`the portal's account in MongoDB${'host' in mongo ? '' : ` (${mongo.reason})`}`, () => {
  const test = 'host' in mongo ? it : it.skip;
  let root: MongoClient;
  const at = (account: string, set = '?authSource=admin'): string =>
    'host' in mongo ? `mongodb://${account}${mongo.host}/rocketchat${set}` : '';

  beforeAll(async () => {
    if (!('host' in mongo)) return;
    root = await new MongoClient(mongo.root).connect();
    const admin = root.db('admin');
    await admin.command({ createRole: 'besedkaReader', privileges: READER_RIGHTS, roles: [] });
    await admin.command({ createUser: 'reader', pwd: 'reader', roles: ['besedkaReader'] });
    await admin.command({ createUser: 'nobody', pwd: 'nobody', roles: [] });
  });
  afterAll(async () => {
    await root?.close();
    await mongo.close();
  });

  /** What the doctor says of an address. */
  async function look(mongoUrl: string) {
    const config = loadConfig({
      BESEDKA_MODE: 'local',
      DATABASE_URL: 'postgres://127.0.0.1/nothing_asks_it',
      ROCKETCHAT_MONGO_URL: mongoUrl,
    });
    const { state, cause } = await checkMongo({ config } as Patient);
    return cause ?? state;
  }

  test('F06 the doctor tells an account that may follow from one that may only sign in, a wrong password, and none', async () => {
    expect(await look(at('reader:reader@'))).toBe('ok');
    // Without the name of the database it is Rocket.Chat's.
    expect(await look(at('reader:reader@').replace('/rocketchat', '/'))).toBe('ok');
    expect(await look(at('nobody:nobody@'))).toBe('mongo_refused');
    expect(await look(at('reader:wrong@'))).toBe('mongo_refused');
    expect(await look(at('', ''))).toBe('mongo_refused');
  });

  test('the account of the compose file is enough for unread numbers, and for no message', async () => {
    const database = root.db('rocketchat');
    const feed = new MongoSubscriptionFeed(at('reader:reader@'));
    const stream = await feed.open(null);
    await database.collection<{ _id: string }>('rocketchat_subscription').insertOne({
      ...{ _id: 'town/ann', rid: 'town', t: 'c', u: { _id: 'ann', username: 'ann' }, unread: 1 },
    });
    await database.collection<{ _id: string }>('rocketchat_room').insertOne({
      ...{ _id: 'town', lm: new Date(5), lastMessage: { ts: new Date(5), msg: 'a secret', u: { _id: 'bob' } } },
    });
    let events: readonly SubscriptionEvent[] = [];
    while (events.length === 0) events = await stream.next();
    expect(events[0]).toMatchObject({ operationType: 'insert', fullDocument: { rid: 'town', unread: 1 } });
    expect(await feed.subscriptionsOf(['ann'])).toMatchObject([{ _id: 'town/ann', u: { _id: 'ann' } }]);
    expect(await feed.lastPosts(['town'])).toEqual([{ roomId: 'town', at: 5, by: 'bob' }]);
    await (await feed.open(stream.token)).close();
    await stream.close();
    await feed.close();

    const reader = await new MongoClient(at('reader:reader@')).connect();
    const subscriptions = reader.db('rocketchat').collection('rocketchat_subscription');
    const refused = { codeName: 'Unauthorized' };
    await expect(reader.db('rocketchat').collection('rocketchat_message').findOne()).rejects.toMatchObject(refused);
    await expect(reader.db('rocketchat').collection('users').findOne()).rejects.toMatchObject(refused);
    await expect(subscriptions.updateOne({}, { $set: { unread: 0 } })).rejects.toMatchObject(refused);
    await reader.close();
  });
});
