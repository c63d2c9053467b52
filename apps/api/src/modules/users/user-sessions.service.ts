import { Injectable } from '@nestjs/common';
import type { Session } from '@besedka/contracts';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { SessionsService } from '../auth/sessions.service.js';
import { ThrottleService } from '../auth/throttle.service.js';
import { editRefusal, reachRefusal } from '../roles/reach.js';
import { UserReachService } from './user-reach.service.js';

/** Other people's sessions and sign-in delays. */
@Injectable()
export class UserSessionsService {
  constructor(
    private readonly reach: UserReachService,
    private readonly sessions: SessionsService,
    private readonly throttle: ThrottleService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError `not_found`, `out_of_reach` */
  async list(ctx: RequestContext, id: string): Promise<Session[]> {
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.reach.target(tx, await this.reach.begin(ctx, tx, 'users:sessions'), id, editRefusal);
    });
    return this.sessions.list(id, principalOf(ctx).sessionId);
  }

  /** Signs somebody out everywhere. @throws AppError `not_found`, `out_of_reach`, `own_account` */
  async endAll(ctx: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.reach.target(tx, await this.reach.begin(ctx, tx, 'users:sessions'), id, reachRefusal);
      await this.sessions.endAll(tx, id, 'revoked');
    });
  }

  /** Lets somebody try again at once after failed sign-ins, their own or those of others at the same address. @throws AppError `not_found`, `out_of_reach` */
  async liftDelay(ctx: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const acting = await this.reach.begin(ctx, tx, 'users:sessions');
      await this.throttle.lift(tx, await this.reach.target(tx, acting, id, editRefusal));
    });
  }
}
