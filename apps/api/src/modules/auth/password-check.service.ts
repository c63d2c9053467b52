import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { addressKey } from '../../common/rate-limit/address-key.js';
import { PasswordHasher } from './password-hasher.js';
import { SerialByKey } from './serial-by-key.js';
import { accountKey, loginKey } from './throttle-policy.js';
import { ThrottleService } from './throttle.service.js';

/** Whose password is asked for. `hash` is null where no password can be right: no account, not activated, disabled. */
export interface Candidate {
  readonly userId: string;
  readonly hash: string | null;
}

/** The only way to compare a password: throttled, and the same work whatever the outcome. */
@Injectable()
export class PasswordCheck {
  /** A burst of guesses at one account goes through one by one, so that each sees the failures before it. */
  private readonly turns = new SerialByKey();

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly throttle: ThrottleService,
  ) {}

  /**
   * Whether the password is right. A failure is counted for the name as typed, the account and the address.
   * @param login the name as typed
   * @param candidate null when nobody has this login
   * @throws AppError `sign_in_delayed` while one of them has to wait
   */
  matches(ctx: RequestContext, login: string, candidate: Candidate | null, password: string): Promise<boolean> {
    const keys = {
      login: loginKey(login),
      account: candidate === null ? null : accountKey(candidate.userId),
      address: addressKey(ctx.address),
    };
    return this.turns.run(keys.account ?? keys.login, async () => {
      await this.throttle.assertFree(keys);
      const right = await this.hasher.verify(candidate?.hash ?? null, password);
      if (!right) await this.throttle.fail(keys);
      return right;
    });
  }
}
