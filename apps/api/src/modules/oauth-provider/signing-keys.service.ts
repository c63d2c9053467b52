import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Logger } from 'pino';
import { type RequestContext, systemContext } from '../../common/context/request-context.js';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { deriveKey } from '../auth/keys.js';
import { openKey, sealKey } from './sealed-key.js';
import { isPublished, publishedAfterUseSeconds, RELOAD_SECONDS, signerAt } from './signing-key-times.js';
import { type NewSigningKey, type SigningKeyRow, SigningKeysRepository } from './signing-keys.repository.js';

const ALG = 'RS256';
const MODULUS_BITS = 2048;
/** Days that a retired public key is kept: for so long an old id token is recognised as the hint of a sign-out. */
const KEEP_RETIRED_DAYS = 90;

/** Keys are in use that were sealed with another AUTH_SECRET. */
export class UnreadableKeysError extends Error {
  override readonly name = 'UnreadableKeysError';
}

/** A key as this process holds it. */
interface LoadedKey {
  readonly kid: string;
  readonly state: SigningKeyRow['state'];
  readonly publicJwk: JWK;
  readonly createdAt: number;
  readonly activatedAt: number | null;
  readonly retiredAt: number | null;
  /** Null: retired for long, or sealed with another secret. */
  readonly privateKey: CryptoKey | null;
}

/** A key as people see it. Times as ISO 8601. */
export interface SigningKeyInfo {
  readonly kid: string;
  readonly state: SigningKeyRow['state'];
  /** Whether it signs at this moment. */
  readonly signs: boolean;
  readonly published: boolean;
  readonly createdAt: string;
  readonly activatedAt: string | null;
  readonly retiredAt: string | null;
}

export interface Rotation {
  /** The key that is the current one now. */
  readonly kid: string;
  /** When it begins to sign; in the future when it has not been published for long enough. */
  readonly signsFrom: Date;
}

/**
 * The keys that sign id tokens: RS256, one current, the next one published ahead of its use, the last ones until their tokens are
 * over. They live in the database, sealed with the portal's secret, so that every process signs with the same; each looks again
 * every half minute, which is why a key is never used before all of them have published it for a while.
 */
@Injectable()
export class SigningKeysService {
  private readonly sealing: Buffer;
  private readonly idTokenSeconds: number;
  private readonly rotationDays: number;
  private keys: readonly LoadedKey[] = [];
  /** Milliseconds of the monotonic clock. */
  private loadedAt = -Infinity;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly repository: SigningKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.sealing = deriveKey(config.auth.secret, 'oauth-signing-keys');
    this.idTokenSeconds = config.oauth.idTokenSeconds;
    this.rotationDays = config.oauth.keyRotationDays;
  }

  /** The key to sign with now. @throws Error when every key was sealed with another secret (another process runs with it) */
  async signer(): Promise<{ kid: string; alg: string; privateKey: CryptoKey }> {
    await this.fresh();
    const signer = this.signerNow() ?? (await this.madeUp());
    if (signer?.privateKey == null) {
      throw new Error('no signing key can be opened: another process runs with another AUTH_SECRET');
    }
    return { kid: signer.kid, alg: ALG, privateKey: signer.privateKey };
  }

  /** Members of the JWKS (RFC 7517), the one in use first. */
  async published(): Promise<JWK[]> {
    await this.fresh();
    const now = Date.now();
    const signer = this.signerNow();
    return this.keys
      .filter((key) => isPublished(key, now, this.idTokenSeconds))
      .sort((a, b) => Number(b === signer) - Number(a === signer))
      .map((key) => publicMembers(key.publicJwk, key.kid));
  }

  /** The public key of any key of ours that is still known, published or not; for tokens that come back as hints. */
  async publicKey(kid: string): Promise<CryptoKey | null> {
    await this.fresh();
    const key = this.keys.find((known) => known.kid === kid);
    return key === undefined ? null : ((await importJWK(key.publicJwk, ALG)) as CryptoKey);
  }

  /** All keys that are kept, the newest first. */
  async list(): Promise<SigningKeyInfo[]> {
    await this.reload();
    const now = Date.now();
    const signer = this.signerNow();
    return this.keys.map((key) => ({
      kid: key.kid,
      state: key.state,
      signs: key === signer,
      published: isPublished(key, now, this.idTokenSeconds),
      createdAt: new Date(key.createdAt).toISOString(),
      activatedAt: isoOrNull(key.activatedAt),
      retiredAt: isoOrNull(key.retiredAt),
    }));
  }

  /**
   * Sees to it that there are a current and a next key that this process can open. Makes them at the first start; takes those out of
   * use that were sealed with another secret. Any number of processes may do it at once.
   */
  async ensure(ctx: RequestContext): Promise<void> {
    await this.reload();
    if (hasBoth(this.keys.filter((key) => key.privateKey !== null))) return;
    const unreadable = await this.unitOfWork.run(ctx, (tx) => this.complete(tx));
    if (unreadable.length > 0) {
      this.logger.warn(
        { kids: unreadable },
        'The keys that sign id tokens cannot be opened with this AUTH_SECRET: they were retired, and new ones were made. Applications fetch the new ones by themselves.',
      );
    }
    await this.reload();
  }

  /**
   * Next → current, current → retired, and a new next one, in one transaction.
   * @throws UnreadableKeysError rather than take a running server's keys away from it
   */
  rotate(ctx: RequestContext): Promise<Rotation> {
    return this.exchange(ctx, () => Promise.resolve(true)) as Promise<Rotation>;
  }

  /** Rotates when the current key has been in use for OAUTH_KEY_ROTATION_DAYS; processes that see it at once do it once. */
  async rotateIfDue(ctx: RequestContext): Promise<Rotation | null> {
    const current = this.keys.find((key) => key.state === 'current');
    const due = Date.now() - this.rotationDays * 86_400_000;
    if (this.rotationDays === 0 || current?.activatedAt == null || current.activatedAt > due) return null;
    return this.exchange(ctx, (tx) => this.repository.isOlderThan(tx, this.rotationDays));
  }

  /** Destroys what is no longer needed of keys out of use. @returns how many keys went, and how many private parts */
  async tidy(): Promise<{ removed: number; forgotten: number }> {
    return {
      removed: await this.repository.remove(KEEP_RETIRED_DAYS),
      forgotten: await this.repository.forgetPrivate(publishedAfterUseSeconds(this.idTokenSeconds)),
    };
  }

  /** Reads the keys anew; callers at the same time share one reading. */
  reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = null));
    return this.loading;
  }

  private async exchange(
    ctx: RequestContext,
    wanted: (tx: UnitOfWorkTx) => Promise<boolean>,
  ): Promise<Rotation | null> {
    // Made before the transaction: nobody has to wait for the lock while primes are searched.
    const next = await this.make();
    const rotation = await this.unitOfWork.run(ctx, async (tx) => {
      const rows = await this.repository.lock(tx);
      if (rows.some((row) => this.open(row) === null)) {
        throw new UnreadableKeysError('the keys in use were sealed with another AUTH_SECRET');
      }
      if (!hasBoth(rows)) await this.complete(tx);
      if (!(await wanted(tx))) return null;
      const signsFrom = await this.repository.exchange(tx);
      await this.repository.insert(tx, next, 'next');
      const current = (await this.repository.lock(tx)).find((row) => row.state === 'current');
      if (current === undefined) throw new Error('there is no current signing key');
      await this.audit.record(ctx, tx, 'oauth.keys.rotated', null, { kid: current.kid });
      return { kid: current.kid, signsFrom };
    });
    // After the commit; one that is under way may have read the state before it.
    await this.loading;
    await this.reload();
    return rotation;
  }

  /** Inside the transaction: retires what cannot be opened and fills both places. @returns the kids that were retired */
  private async complete(tx: UnitOfWorkTx): Promise<string[]> {
    const rows = await this.repository.lock(tx);
    const unreadable = rows.filter((row) => this.open(row) === null).map((row) => row.kid);
    for (const kid of unreadable) await this.repository.retire(tx, kid);
    const usable = rows.filter((row) => !unreadable.includes(row.kid));
    let next = usable.find((row) => row.state === 'next');
    if (!usable.some((row) => row.state === 'current')) {
      if (next === undefined) await this.repository.insert(tx, await this.make(), 'current');
      else await this.repository.promote(tx, next.kid);
      next = undefined;
    }
    if (next === undefined) await this.repository.insert(tx, await this.make(), 'next');
    return unreadable;
  }

  private async make(): Promise<NewSigningKey> {
    const pair = await generateKeyPair(ALG, { modulusLength: MODULUS_BITS, extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const privateSealed = sealKey(this.sealing, kid, await exportJWK(pair.privateKey));
    return { kid, publicJwk: publicMembers(jwk, kid), privateSealed };
  }

  private open(row: Pick<SigningKeyRow, 'kid' | 'privateSealed'>): JWK | null {
    return openKey(this.sealing, row.kid, row.privateSealed);
  }

  private async load(): Promise<void> {
    const startedAt = performance.now();
    const known = new Map(this.keys.map((key) => [key.kid, key.privateKey]));
    const rows = await this.repository.all();
    this.keys = await Promise.all(
      rows.map(async (row): Promise<LoadedKey> => {
        const jwk = known.get(row.kid) == null ? this.open(row) : null;
        return {
          kid: row.kid,
          state: row.state,
          publicJwk: row.publicJwk,
          createdAt: row.createdAt.getTime(),
          activatedAt: row.activatedAt?.getTime() ?? null,
          retiredAt: row.retiredAt?.getTime() ?? null,
          privateKey: jwk === null ? (known.get(row.kid) ?? null) : ((await importJWK(jwk, ALG)) as CryptoKey),
        };
      }),
    );
    this.loadedAt = startedAt;
  }

  private async fresh(): Promise<void> {
    if (performance.now() - this.loadedAt > RELOAD_SECONDS * 1000) await this.reload();
  }

  private signerNow(): LoadedKey | undefined {
    const usable = this.keys.filter((key) => key.privateKey !== null);
    return signerAt(usable, Date.now(), this.idTokenSeconds);
  }

  /** Somebody has emptied the table under a running server. Keys of another secret are left alone: two processes would fight. */
  private async madeUp(): Promise<LoadedKey | undefined> {
    if (!this.keys.some((key) => key.state === 'current')) await this.ensure(systemContext('signing-keys'));
    return this.signerNow();
  }
}

/** Only what a public RSA key is made of, whatever else the row holds. */
function publicMembers({ kty, n, e }: JWK, kid: string): JWK {
  return { kty, n, e, kid, alg: ALG, use: 'sig' };
}

function hasBoth(keys: readonly { readonly state: SigningKeyRow['state'] }[]): boolean {
  return keys.some((key) => key.state === 'current') && keys.some((key) => key.state === 'next');
}

const isoOrNull = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
