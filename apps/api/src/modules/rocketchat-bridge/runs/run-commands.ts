import {
  rocketChatApplied,
  rocketChatPlan,
  type RocketChatRunKind,
  type RocketChatRunResult,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { ProvisioningService } from '../provisioning.service.js';
import type { RunProgress } from './run-progress.js';

/** What a command is given beside who asks. */
export interface RunInput {
  readonly kind: RocketChatRunKind;
  readonly backupId: string | null;
}

/** What each kind of run does, and what it tells afterwards. */
@Injectable()
export class RunCommands {
  constructor(private readonly provisioning: ProvisioningService) {}

  /** @throws StartupError, RocketChatError: see `failureOf` */
  async perform(ctx: RequestContext, { kind }: RunInput, progress: RunProgress): Promise<RocketChatRunResult> {
    const onStep = (step: string, differences: readonly unknown[]): void => progress.begin(step, differences.length);
    switch (kind) {
      case 'plan':
        return { kind, plan: rocketChatPlan.parse(await this.provisioning.plan()) };
      case 'apply':
        return { kind, applied: rocketChatApplied.parse(await this.provisioning.apply(ctx, { onStep })) };
      default:
        throw new Error(`${kind} is not there yet`);
    }
  }
}
