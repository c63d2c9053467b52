import { randomBytes } from 'node:crypto';
import { RocketChatClient, type Clock, type RocketChatUser, type WireOptions } from '../index.js';
import { startRocketChatDouble, type RocketChatDouble } from './double.js';
import type { ProfileName } from './profile.js';

/** The admin of a server under test. */
export interface ContractAccount {
  readonly user: string;
  readonly password: string;
}

/** A server that the contract is held against: a real one, or the double in one of its profiles. */
export interface ContractTarget {
  /** Signed in as the admin. */
  readonly admin: RocketChatClient;
  readonly account: ContractAccount;
  /** `CREATE_TOKENS_FOR_USERS_SECRET` of the server; without one `users.createToken` must refuse. */
  readonly tokenSecret: string | undefined;
  /** The server looks at the secret (8.0). */
  readonly secretIsChecked: boolean;
  /** It carries the licence module `oauth-enterprise`. */
  readonly licensed: boolean;
  /** Settings marked read-only are refused. */
  readonly readOnlyIsKept: boolean;
  /** For further clients. */
  readonly wire: Pick<WireOptions, 'clock'>;
  /** In every name that the suite makes. */
  readonly mark: string;
  /** Of the people that the suite makes. */
  readonly password: string;
  /** Makes somebody, `temp_<name>_<mark>`; gone after the suite. */
  person(name: string): Promise<RocketChatUser>;
  /** A client for somebody made by `person`. */
  as(user: RocketChatUser): Promise<RocketChatClient>;
  /** Lets time go by at the server, ms. */
  pass(ms: number): Promise<void>;
}

interface Opened extends Pick<
  ContractTarget,
  'account' | 'tokenSecret' | 'secretIsChecked' | 'licensed' | 'wire' | 'pass'
> {
  readonly url: string;
  stop(): Promise<void>;
}

const PROFILES: readonly ProfileName[] = ['7.x', '8.9', '9.0'];

/** A server to open, by the name under which its tests are told. */
export interface ContractServer {
  readonly name: string;
  open(): Promise<OpenTarget>;
}

/** A target that is there until `close`, which removes what the suite has made with `person`. */
export type OpenTarget = ContractTarget & { close(): Promise<void> };

/**
 * The servers at hand: the real one at `ROCKETCHAT_URL` alone (admin in `ROCKETCHAT_USER` and `ROCKETCHAT_PASSWORD`, its token secret in
 * `ROCKETCHAT_TOKEN_SECRET`), otherwise the double in each profile.
 */
export function contractServers(): ContractServer[] {
  const { ROCKETCHAT_URL: url } = process.env;
  if (url) return [{ name: 'the server of ROCKETCHAT_URL', open: () => Promise.resolve(makeTarget(openReal(url))) }];
  return PROFILES.map((profile) => ({
    name: `the double as ${profile}`,
    open: async () => makeTarget(await openDouble(profile)),
  }));
}

/** Asks until it is so; a server needs a moment for some things. @throws when it is not within ten seconds */
export async function eventually(target: ContractTarget, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 250) {
    if (await holds()) return;
    await target.pass(250);
  }
  throw new Error('it did not become so within ten seconds');
}

function makeTarget(opened: Opened): OpenTarget {
  const { account, url, wire } = opened;
  const mark = randomBytes(4).toString('hex');
  const password = `temp-Пароль-${randomBytes(9).toString('base64url')}`;
  const people = new Map<string, RocketChatUser>();
  const admin = new RocketChatClient({ ...wire, baseUrl: url, credentials: { kind: 'password', ...account } });
  return {
    ...opened,
    admin,
    mark,
    password,
    readOnlyIsKept: process.env.ROCKETCHAT_URL === undefined,
    async person(name) {
      const username = `temp_${name}_${mark}`;
      const made =
        people.get(name) ??
        (await admin.users.create({ name, username, password, email: `${username}@example.org`, verified: true }));
      people.set(name, made);
      return made;
    },
    async as({ username }) {
      return admin.as(await admin.auth.login({ user: username!, password }));
    },
    async close() {
      try {
        for (const { _id } of people.values()) await admin.users.delete(_id, { confirmRelinquish: true });
      } finally {
        admin.close();
        await opened.stop();
      }
    },
  };
}

function openReal(url: string): Opened {
  const { ROCKETCHAT_USER: user, ROCKETCHAT_PASSWORD: password, ROCKETCHAT_TOKEN_SECRET: tokenSecret } = process.env;
  if (!user || !password) throw new Error('ROCKETCHAT_URL needs the admin in ROCKETCHAT_USER and ROCKETCHAT_PASSWORD');
  return {
    url,
    account: { user, password },
    tokenSecret,
    secretIsChecked: true,
    licensed: process.env.ROCKETCHAT_LICENSED === 'true',
    wire: {},
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    stop: () => Promise.resolve(),
  };
}

async function openDouble(profile: ProfileName): Promise<Opened> {
  const account = { user: 'besedka.bridge', password: 'мост-bridge-1' };
  const tokenSecret = 'a secret of the environment';
  const double = await startRocketChatDouble({
    profile,
    admin: { username: account.user, password: account.password },
    env: { CREATE_TOKENS_FOR_USERS_SECRET: tokenSecret, CREATE_TOKENS_FOR_USERS: 'true' },
  });
  return {
    url: double.url,
    account,
    tokenSecret,
    secretIsChecked: profile !== '7.x',
    licensed: false,
    wire: { clock: clockOf(double) },
    pass: (ms) => clockOf(double).sleep(ms),
    stop: () => double.close(),
  };
}

/** The double's own clock for a client: limits and pauses are waited for without taking time. */
export function clockOf({ clock }: Pick<RocketChatDouble, 'clock'>): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      clock.advance(ms);
      return Promise.resolve();
    },
  };
}
