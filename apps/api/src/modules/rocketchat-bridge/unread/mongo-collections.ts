import type { Collection, Db, Document, MongoClient } from 'mongodb';
import type { SubscriptionDocument } from './subscription-feed.js';

/** Rocket.Chat's own name for its database, where the address names none. */
const DATABASE = 'rocketchat';

/** Rocket.Chat's database behind an address. */
export function databaseIn(client: MongoClient, url: string): Db {
  const [, name] = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url) ?? [];
  return client.db(name === undefined ? DATABASE : decodeURIComponent(name));
}

/** The collection whose changes are the unread numbers (contract 9). */
export function subscriptionsIn(database: Db): Collection<SubscriptionDocument & Document> {
  return database.collection('rocketchat_subscription');
}
