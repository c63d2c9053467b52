import { MESSAGE_MAX } from '@besedka/contracts';
import { z } from 'zod';
import { wholeNumber } from './env-fields.js';

export const limitsSchema = z.object({
  /** Requests that one user (or address, when signed out) may make per minute, refused ones included. Default 1200; 0 switches the limit off. */
  RATE_GENERAL_PER_MINUTE: wholeNumber(1200, 0, 1_000_000),
  /** Sign-in attempts per address and minute. Default 30; 0 switches the limit off (the delay per account stays). */
  RATE_SIGN_IN_PER_MINUTE: wholeNumber(30, 0, 1_000_000),
  /** Messages that one user may send per minute. Default 300; 0 switches the limit off. */
  RATE_SEND_PER_MINUTE: wholeNumber(300, 0, 1_000_000),
  /** Sockets that one user may have open, all devices and tabs together. Default 50; 0 switches the limit off. */
  SOCKETS_PER_USER: wholeNumber(50, 0, 100_000),
  /** Sockets from one address. Default 0 (off): whole offices share one, and so does everybody behind an untrusted proxy. */
  SOCKETS_PER_ADDRESS: wholeNumber(0, 0, 1_000_000),
  /** Characters of one message. Default and largest value: what the contracts allow. */
  MESSAGE_MAX_CHARS: wholeNumber(MESSAGE_MAX, 1, MESSAGE_MAX),
});

export interface LimitsConfig {
  readonly generalPerMinute: number;
  readonly signInPerMinute: number;
  readonly sendPerMinute: number;
  readonly socketsPerUser: number;
  readonly socketsPerAddress: number;
  readonly messageMaxChars: number;
}
