import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { ACCOUNT_RULE, accountKey, ADDRESS_RULE, LOGIN_RULE, loginKey, type ThrottleRule } from './throttle-policy.js';

/** What one attempt counts for. */
export interface AttemptKeys {
  /** The name as typed. */
  readonly login: string;
  /** Null when nobody has this name. */
  readonly account: string | null;
  readonly address: string;
}

/** An account and the names that it can be signed in by. */
export interface Throttled {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
}

/** Addresses that are remembered of one name's attempts; the latest. */
const ADDRESSES_KEPT = 20;

/** Counts failed sign-ins and delays the next, per name, account and address, across all nodes. */
@Injectable()
export class ThrottleService {
  constructor(private readonly database: Database) {}

  /** @throws AppError `sign_in_delayed` with the seconds to wait, whether the password is right or not */
  async assertFree({ login, account, address }: AttemptKeys): Promise<void> {
    const rows = await this.database.query<{ key: string; seconds: number }>(
      `SELECT key, extract(epoch FROM delayed_until - now())::float8 AS seconds
       FROM login_throttles WHERE key = ANY ($1::text[]) AND delayed_until > now()`,
      [[login, account, address]],
      { name: 'throttle-free' },
    );
    if (rows.length === 0) return;
    if (rows.some((row) => row.key === address)) await this.noteAddress(login, address);
    const seconds = Math.max(...rows.map((row) => row.seconds));
    throw new AppError('sign_in_delayed', { retryAfter: Math.max(1, Math.ceil(seconds)) });
  }

  /** Notes a failure of a name, of its account and of the address it came from. */
  async fail({ login, account, address }: AttemptKeys): Promise<void> {
    const counted: [string, ThrottleRule, string[]][] = [
      [address, ADDRESS_RULE, []],
      [login, LOGIN_RULE, [address]],
    ];
    if (account !== null) counted.push([account, ACCOUNT_RULE, []]);
    await this.database.execute(
      `INSERT INTO login_throttles AS t (key, failures, last_failure_at, addresses)
       SELECT key, 1, now(), CASE WHEN origin IS NULL THEN '{}' ELSE ARRAY[origin] END
       FROM unnest($1::text[], $2::text[]) AS k (key, origin) ORDER BY key
       ON CONFLICT (key) DO UPDATE SET
         failures = ${COUNT},
         last_failure_at = now(),
         addresses = ${WITH_ADDRESSES},
         delayed_until = CASE WHEN ${COUNT} <= ${rule('free')} THEN NULL
           ELSE now() + make_interval(secs => least(${rule('longest')},
             ${rule('first')} * power(2, least(greatest(${COUNT} - ${rule('free')} - 1, 0), 20)))) END`,
      [
        counted.map(([key]) => key),
        counted.map(([, , [origin]]) => origin ?? null),
        counted.map(([, { free }]) => free),
        counted.map(([, { firstSeconds }]) => firstSeconds),
        counted.map(([, { longestSeconds }]) => longestSeconds),
        counted.map(([, { forgetAfterSeconds }]) => forgetAfterSeconds),
        counted.map(([, { halfLifeSeconds }]) => halfLifeSeconds),
      ],
      { name: 'throttle-fail' },
    );
  }

  /** After a success: the account's failures are forgotten, and one of the address with them. */
  async succeeded(tx: Pick<UnitOfWorkTx, 'query'>, account: Throttled, address: string): Promise<void> {
    // In the order of the keys, as everywhere: two at once must not wait for each other.
    await tx.query('UPDATE login_throttles SET failures = greatest(failures - 1, 0) WHERE key = $1', [address]);
    await this.forget(tx, keysOf(account));
  }

  /** Forgets an account's failures, because it has a new password or is deleted. */
  async clear(tx: Pick<UnitOfWorkTx, 'query'>, account: Throttled): Promise<void> {
    await this.forget(tx, keysOf(account));
  }

  /** Lets somebody try again at once: the delays of the addresses from which they tried are lifted with their own. */
  async lift(tx: Pick<UnitOfWorkTx, 'query'>, account: Throttled): Promise<void> {
    const keys = keysOf(account);
    const rows = await tx.query<{ key: string }>(
      'SELECT DISTINCT unnest(addresses) AS key FROM login_throttles WHERE key = ANY ($1::text[])',
      [keys],
    );
    await this.forget(tx, [...keys, ...rows.map((row) => row.key)]);
  }

  /** Which of these accounts have to wait, be it for an address from which they tried, and until when. */
  async delays(accounts: readonly Throttled[]): Promise<Map<string, Date>> {
    if (accounts.length === 0) return new Map();
    const pairs = accounts.flatMap((account) => keysOf(account).map((key) => [account.id, key] as const));
    const rows = await this.database.query<{ id: string; until: Date }>(
      `SELECT k.id, max(d.delayed_until) AS until
       FROM unnest($1::text[], $2::text[]) AS k (id, key) JOIN login_throttles t ON t.key = k.key
       JOIN login_throttles d ON d.key = t.key OR d.key = ANY (t.addresses)
       WHERE d.delayed_until > now() GROUP BY k.id`,
      [pairs.map(([id]) => id), pairs.map(([, key]) => key)],
    );
    return new Map(rows.map((row) => [row.id, row.until]));
  }

  /** Removes counts that have lost their meaning, a bounded number at once. @returns how many went */
  removeOld(limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM login_throttles WHERE key IN (
         SELECT key FROM login_throttles WHERE last_failure_at < now() - make_interval(secs => $1) LIMIT $2)`,
      [ACCOUNT_RULE.forgetAfterSeconds, limit],
    );
  }

  /** Somebody who has to wait for what others did at the same address can be helped only if it is known that they tried. */
  private async noteAddress(login: string, address: string): Promise<void> {
    await this.database.execute(
      `INSERT INTO login_throttles AS t (key, failures, last_failure_at, addresses) VALUES ($1, 0, now(), ARRAY[$2])
       ON CONFLICT (key) DO UPDATE SET addresses = ${WITH_ADDRESSES} WHERE NOT $2 = ANY (t.addresses)`,
      [login, address],
      { name: 'throttle-note' },
    );
  }

  private async forget(tx: Pick<UnitOfWorkTx, 'query'>, keys: readonly string[]): Promise<void> {
    await tx.query(
      `DELETE FROM login_throttles WHERE key IN (
         SELECT key FROM login_throttles WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE)`,
      [keys],
    );
  }
}

function keysOf({ id, username, email }: Throttled): string[] {
  return [accountKey(id), loginKey(username), ...(email === null ? [] : [loginKey(email)])];
}

/** The new address first, each once, the latest kept. */
const WITH_ADDRESSES = `(excluded.addresses || array_remove(t.addresses, excluded.addresses[1]))[1:${ADDRESSES_KEPT}]`;

/** The rule's value for the row at hand: parameters $3 to $7 run parallel to the keys in $1. */
function rule(value: 'free' | 'first' | 'longest' | 'forget' | 'halfLife'): string {
  const parameter = { free: '$3', first: '$4', longest: '$5', forget: '$6', halfLife: '$7' }[value];
  return `(${parameter}::float8[])[array_position($1::text[], t.key::text)]`;
}

/** What has not faded of the failures before, and this one. */
const SECONDS = 'extract(epoch FROM now() - t.last_failure_at)::float8';
const COUNT = `(1 + CASE WHEN ${SECONDS} >= ${rule('forget')} THEN 0
  ELSE t.failures * coalesce(power(0.5::float8, ${SECONDS} / ${rule('halfLife')}), 1) END)`;
