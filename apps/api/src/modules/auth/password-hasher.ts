import { availableParallelism } from 'node:os';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';

/** Passes over the memory; with 19 MiB the second of OWASP's equal choices. */
const PASSES = 2;
/** Callers that may wait for their turn; beyond that the server is being flooded. */
const WAITING_MAX = 500;

/**
 * Argon2id. Hashing runs on libuv's four threads, which files and name look-ups need too, so only some may be taken, and
 * the others wait in line.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private readonly options;
  private readonly seats = Math.max(1, Math.min(3, availableParallelism() - 1));
  private readonly waiting: (() => void)[] = [];
  private busy = 0;
  private dummy: Promise<string> | undefined;
  private verified = 0;

  constructor(config: AppConfig) {
    this.options = { memoryCost: config.auth.passwordHashKib, timeCost: PASSES, parallelism: 1, outputLen: 32 };
  }

  /** Made before the first request, which would otherwise take longer and say so. */
  async onModuleInit(): Promise<void> {
    await this.dummyHash();
  }

  /** How many comparisons have been made since the start: equal work is the proof of equal time. */
  get verifications(): number {
    return this.verified;
  }

  /** @returns a PHC string @throws AppError `rate_limited` when too many wait */
  hash(password: string): Promise<string> {
    return this.seated(() => hash(password, this.options));
  }

  /**
   * Whether the password belongs to the hash. Without a hash (no such account, not activated) the same work is done for
   * nothing, so that the answer's time tells nothing either.
   * @throws AppError `rate_limited` when too many wait
   */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const against = stored ?? (await this.dummyHash());
    return this.seated(async () => {
      this.verified += 1;
      return (await verify(against, password)) && stored !== null;
    });
  }

  /** Whether the hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(stored);
    const now = this.options;
    return memoryCost !== now.memoryCost || timeCost !== now.timeCost || parallelism !== now.parallelism;
  }

  private dummyHash(): Promise<string> {
    this.dummy ??= this.hash('nobody has this password').catch((error: unknown) => {
      this.dummy = undefined;
      throw error;
    });
    return this.dummy;
  }

  private async seated<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy < this.seats) this.busy += 1;
    else {
      if (this.waiting.length >= WAITING_MAX) throw new AppError('rate_limited', { retryAfter: 5 });
      // Whoever gets up hands the seat over, so `busy` does not change.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.busy -= 1;
      else next();
    }
  }
}
