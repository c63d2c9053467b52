import { Injectable } from '@nestjs/common';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { renderAvatar } from './avatar-image.js';
import { AccountHooksRegistry } from './account-hooks.js';
import { AvatarsRepository } from './avatars.repository.js';
import { toSummary } from './users.mapper.js';
import type { SummaryRow } from './users.rows.js';
import './users.events.js';

/** Pictures of people. */
@Injectable()
export class AvatarsService {
  constructor(
    private readonly repository: AvatarsRepository,
    private readonly hooks: AccountHooksRegistry,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Makes the upload the signed-in person's picture. @throws AppError `avatar_invalid` */
  async setOwn(ctx: RequestContext, upload: Buffer): Promise<void> {
    const content = await renderAvatar(upload);
    await this.change(ctx, (tx, userId) => this.repository.put(tx, userId, content));
  }

  async removeOwn(ctx: RequestContext): Promise<void> {
    await this.change(ctx, (tx, userId) => this.repository.remove(tx, userId));
  }

  /** @returns WebP @throws AppError `not_found` also for a version that is no longer the present one */
  async get(userId: string, version: number): Promise<Buffer> {
    const content = await this.repository.find(userId, version);
    if (content === null) throw new AppError('not_found');
    return content;
  }

  private async change(
    ctx: RequestContext,
    write: (tx: UnitOfWorkTx, userId: string) => Promise<SummaryRow | null>,
  ): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const row = await write(tx, principalOf(ctx).userId);
      if (row === null) throw new AppError('unauthenticated');
      await this.hooks.profileChanged(ctx, tx, row.id);
      tx.emit('users.profile-changed', { user: toSummary(row) });
    });
  }
}
