import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { addressKey } from '../../common/rate-limit/address-key.js';
import { AppConfig } from '../../config/app-config.js';

/** Seconds after which a client that has too many connections may try again. */
const RETRY_SECONDS = 30;

/**
 * How many sockets one person and one address may hold. Handshakes under way are counted with the connected ones, so that a
 * burst cannot slip through between check and connection.
 */
@Injectable()
export class ConnectionLimits {
  private readonly counts = new Map<string, number>();

  constructor(private readonly config: AppConfig) {}

  /** Whether anything is limited at all. */
  get enabled(): boolean {
    const { socketsPerUser, socketsPerAddress } = this.config.limits;
    return socketsPerUser > 0 || socketsPerAddress > 0;
  }

  /**
   * Takes a place; give it back with `leave`.
   * @throws AppError `rate_limited` when there is none
   */
  enter(userId: string, address: string): void {
    const places = this.placesOf(userId, address);
    if (places.some(([key, limit]) => (this.counts.get(key) ?? 0) >= limit)) {
      throw new AppError('rate_limited', { retryAfter: RETRY_SECONDS });
    }
    for (const [key] of places) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  leave(userId: string, address: string): void {
    for (const [key] of this.placesOf(userId, address)) {
      const left = (this.counts.get(key) ?? 0) - 1;
      if (left > 0) this.counts.set(key, left);
      else this.counts.delete(key);
    }
  }

  private placesOf(userId: string, address: string): [key: string, limit: number][] {
    const { socketsPerUser, socketsPerAddress } = this.config.limits;
    const places: [string, number][] = [];
    if (socketsPerUser > 0) places.push([`user:${userId}`, socketsPerUser]);
    if (socketsPerAddress > 0) places.push([addressKey(address), socketsPerAddress]);
    return places;
  }
}
