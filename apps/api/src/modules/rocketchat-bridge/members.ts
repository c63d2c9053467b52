import { isRocketChatError, type RocketChatClient } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { Difference } from './plan.js';
import { type MembershipDifference, MembershipsService } from './sync/memberships.service.js';
import { SyncService } from './sync/sync.service.js';

/** People whom one plan names; after `apply` everybody is looked at anyway. */
const AT_ONCE = 200;

/** Who is in which channel, as a part of the plan (F28). */
@Injectable()
export class Members {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly sync: SyncService,
  ) {}

  /** @throws RocketChatError */
  async find(rocket: RocketChatClient): Promise<readonly MembershipDifference[]> {
    return (await this.memberships.drift(rocket, AT_ONCE)).differences;
  }

  /** Person by person; one whom Rocket.Chat refuses must not hold up the others. @throws RocketChatError when it is away */
  async putRight(rocket: RocketChatClient, places: readonly MembershipDifference[]): Promise<void> {
    for (const userId of new Set(places.map((place) => place.userId))) {
      try {
        await this.sync.reconcile(rocket, userId);
      } catch (error) {
        if (!isRocketChatError(error, 'refused', 'conflict', 'forbidden', 'not-found', 'invalid')) throw error;
      }
    }
  }
}

/** As the plan shows them: `channel.user name`. */
export function memberDifferences(places: readonly MembershipDifference[]): Difference[] {
  return places.map(({ channel, username, from, to }) => ({ kind: 'member', id: `${channel}.${username}`, from, to }));
}
