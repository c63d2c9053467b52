import type { RocketChatVerifyCause } from '@besedka/contracts';

/** A check failed. Facts are safe short texts, never a secret. */
export class Trouble extends Error {
  constructor(
    readonly why: RocketChatVerifyCause,
    readonly facts: Readonly<Record<string, string>> = {},
  ) {
    super(why);
  }
}
