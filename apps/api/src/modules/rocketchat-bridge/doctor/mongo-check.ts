import type { DoctorLine } from '@besedka/contracts';
import { type Document, MongoClient, MongoServerError } from 'mongodb';
import { databaseIn, subscriptionsIn } from '../unread/mongo-collections.js';
import { off, ok, wrong } from './lines.js';
import { PATIENCE_MS, type Patient } from './patient.js';
import { mongoAsSeenByRocketChat } from './rocketchat-checks.js';

const OPTIONS = { serverSelectionTimeoutMS: PATIENCE_MS, connectTimeoutMS: PATIENCE_MS, socketTimeoutMS: PATIENCE_MS };
/** Codes of refused credentials: AuthenticationFailed, Unauthorized. */
const REFUSED = new Set<unknown>([18, 13]);

/**
 * F06: MongoDB is a replica set and has a primary; without one Rocket.Chat says "Topology is closed" and nothing more. With an account of
 * ours it is asked itself, otherwise only what Rocket.Chat says of it is known.
 */
export async function checkMongo(patient: Patient): Promise<DoctorLine> {
  const { mongoUrl } = patient.config.rocketChat;
  if (mongoUrl === null) return (await mongoAsSeenByRocketChat(patient)) ?? off('mongo');
  const hosts = hostsOf(mongoUrl);
  const answers = (await Promise.all(hosts.map(hello))).filter((answer) => answer !== null);
  if (hosts.length > 0 && answers.length === 0) return wrong('mongo_unreachable', { hosts: hosts.join(', ') });
  return lineOfHello(answers, hosts[0] ?? '') ?? signedIn(mongoUrl, answers);
}

/** What the answers to `hello` say to be wrong; null: there is a primary, or (with an SRV address) nobody was asked. */
export function lineOfHello(answers: readonly Document[], host: string): DoctorLine | null {
  if (answers.length === 0) return null;
  const members = answers.filter(({ setName }) => typeof setName === 'string');
  if (members.length === 0) {
    // Started with --replSet and never initiated, or started without.
    const isWaiting = answers.some(({ isreplicaset: waits }) => waits === true);
    return wrong('mongo_no_replica_set', { host, how: isWaiting ? 'uninitiated' : 'standalone' }, INITIATE(host));
  }
  if (members.some(({ isWritablePrimary, primary }) => isWritablePrimary === true || typeof primary === 'string')) {
    return null;
  }
  const [member] = members;
  const alone = !Array.isArray(member?.['hosts']) || member['hosts'].length <= 1;
  return wrong('mongo_no_primary', { host, set: String(member?.['setName']) }, alone ? REHOST(host) : STATUS);
}

const INITIATE = (host: string): string =>
  `mongosh --eval 'rs.initiate({_id: "rs0", members: [{_id: 0, host: "${host}"}]})'`;
/** The usual cause with a single member: the container has got another name since. */
const REHOST = (host: string): string =>
  `mongosh --eval 'c = rs.conf(); c.members[0].host = "${host}"; rs.reconfig(c, {force: true})'`;
const STATUS = `mongosh --eval 'rs.status().members.map(m => [m.name, m.stateStr])'`;

/** Every server of the address by itself: a client that looks for a set that is none only waits. Empty for an SRV address. */
function hostsOf(url: string): string[] {
  const [, hosts] = /^mongodb:\/\/(?:[^@/?]*@)?([^/?]+)/.exec(url) ?? [];
  return hosts?.split(',') ?? [];
}

/** Asked without an account: every server answers this to everybody. Null: it cannot be reached. */
async function hello(host: string): Promise<Document | null> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, OPTIONS);
  try {
    return await client.db('admin').command({ hello: 1 });
  } catch {
    return null;
  } finally {
    await client.close().catch(() => undefined);
  }
}

/** The account of the address may do what unread numbers need: signing in is no proof, and without an account a server answers pings too. */
async function signedIn(url: string, answers: readonly Document[]): Promise<DoctorLine> {
  const client = new MongoClient(url, OPTIONS);
  try {
    const { version } = (await client.db('admin').command({ buildInfo: 1 })) as { version?: string };
    const stream = subscriptionsIn(databaseIn(client, url)).watch([], { maxAwaitTimeMS: 1 });
    await stream.tryNext();
    await stream.close();
    const set = answers.find(({ setName }) => setName !== undefined)?.['setName'];
    return ok('mongo', { version: version ?? '', set: typeof set === 'string' ? set : '' });
  } catch (error) {
    const isRefused = error instanceof MongoServerError && REFUSED.has(error.code);
    return isRefused ? wrong('mongo_refused') : wrong('mongo_unreachable', { hosts: hostsOf(url).join(', ') });
  } finally {
    await client.close().catch(() => undefined);
  }
}
