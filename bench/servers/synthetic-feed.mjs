/**
 * A change stream out of nothing, in place of MongoDB: `--import` this into the API's process, and the feed of subscriptions is the one
 * below. The bench says over the channel of the process what happens; the events have the shapes that MongoDB's have.
 */
import { register } from 'node:module';
import process from 'node:process';

const HOOK = `
export async function resolve(specifier, context, next) {
  return next(specifier.endsWith('/mongo-feed.js') ? ${JSON.stringify(import.meta.url)} : specifier, context);
}`;
// Once as the import of the process, and once more as the feed: only the first time is for the hook.
if (globalThis.syntheticFeed === undefined) {
  register(`data:text/javascript,${encodeURIComponent(HOOK)}`);
  globalThis.syntheticFeed = { documents: new Map(), events: [], wake: () => undefined };
  process.on('message', take);
}

/** The class that the API looks for in this place. */
export class MongoSubscriptionFeed {
  open() {
    const { syntheticFeed: feed } = globalThis;
    let place = feed.events.length;
    let isOpen = true;
    return {
      next: async () => {
        if (place === feed.events.length)
          await new Promise((resolve) => ((feed.wake = resolve), setTimeout(resolve, 500)));
        if (!isOpen) throw new Error('closed');
        const events = feed.events.slice(place);
        place = feed.events.length;
        return events.map((event) => ({ ...event, fullDocument: feed.documents.get(event.documentKey._id) }));
      },
      token: null,
      close: () => ((isOpen = false), feed.wake()),
    };
  }

  subscriptionsOf(accounts) {
    const wanted = new Set(accounts);
    return [...globalThis.syntheticFeed.documents.values()].filter(({ u }) => wanted.has(u._id));
  }

  lastPosts() {
    return [];
  }

  close() {
    return Promise.resolve();
  }
}

/** `{ feed: 'insert', documents }`, or `{ feed: 'post', rid }`: everybody's number rises, then alert and open, as the server writes it. */
function take(message) {
  const { documents, events } = globalThis.syntheticFeed;
  if (message?.feed === 'insert') {
    // A moment arrives as text.
    for (const one of message.documents) documents.set(one._id, { ...one, _updatedAt: new Date(one._updatedAt) });
  }
  if (message?.feed !== 'post') return;
  const at = new Date();
  const members = [...documents.values()].filter(({ rid }) => rid === message.rid);
  for (const change of [({ unread }) => ({ unread: unread + 1 }), () => ({ alert: true, open: true })]) {
    for (const { _id } of members) {
      const changed = { ...change(documents.get(_id)), _updatedAt: at };
      documents.set(_id, { ...documents.get(_id), ...changed });
      events.push({
        _id: { _data: String(events.length) },
        operationType: 'update',
        documentKey: { _id },
        updateDescription: { updatedFields: changed },
      });
    }
  }
  globalThis.syntheticFeed.wake();
}
