import {
  type RocketChatBackupFile,
  type RocketChatRunKind,
  type RocketChatRunResult,
  rocketChatApplied,
  rocketChatPlan,
  rocketChatRestored,
  rocketChatRestorePlan,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { BackupService } from '../backup.service.js';
import { DriftRepository } from '../drift.repository.js';
import { ProvisioningService } from '../provisioning.service.js';
import { RollbackService } from '../rollback.service.js';
import { VerificationService } from '../verify/verification.service.js';
import type { RunProgress } from './run-progress.js';

/** What a command is given beside who asks. */
export interface RunInput {
  /** Of the run. */
  readonly id: string;
  readonly kind: RocketChatRunKind;
  /** What `restore` and its plan read. */
  readonly file: RocketChatBackupFile | null;
}

/** What came of it, with the backup that was made. */
export interface RunOutcome {
  readonly result: RocketChatRunResult;
  readonly file?: RocketChatBackupFile;
  /** Why what differs afterwards could not be looked at. The run itself is through: this failure is not its own. */
  readonly blind?: unknown;
}

/** What each kind of run does, and what it tells afterwards. Results are stored as the contract has them: no member more. */
@Injectable()
export class RunCommands {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly verification: VerificationService,
    private readonly backups: BackupService,
    private readonly rollbacks: RollbackService,
    private readonly drift: DriftRepository,
  ) {}

  /** @throws StartupError, RocketChatError: see `failureOf` */
  async perform(
    ctx: RequestContext,
    { id, kind, file }: RunInput,
    progress: Pick<RunProgress, 'begin'>,
  ): Promise<RunOutcome> {
    const onStep = (step: string, differences: readonly unknown[] = []): void =>
      progress.begin(step, differences.length);
    switch (kind) {
      case 'plan': {
        const plan = rocketChatPlan.parse(await this.provisioning.plan());
        // Whoever looked by hand knows more than the night did.
        await this.drift.save(plan);
        return { result: { kind, plan } };
      }
      case 'apply': {
        const applied = rocketChatApplied.parse(await this.provisioning.apply(ctx, { onStep }));
        const { version, mode, warnings, remaining } = applied;
        // Members who could not be put right now are the queue's, which tries again.
        const differences = remaining.filter(({ kind: what }) => what !== 'member');
        await this.drift.save({ version, mode, warnings, differences });
        return { result: { kind, applied } };
      }
      case 'verify':
        return { result: { kind, verification: await this.verification.verify(ctx, { onStep }) } };
      case 'backup': {
        const made = await this.backups.create(ctx);
        const { createdAt, server, channels, settings } = made;
        const facts = { channels: channels.length, settings: Object.keys(settings).length };
        const backup = { id, createdAt, reason: 'manual' as const, serverVersion: server.version, ...facts };
        return { result: { kind, backup }, file: made };
      }
      case 'rollback-plan':
        return { result: { kind, restorePlan: rocketChatRestorePlan.parse(await this.rollbacks.plan()) } };
      case 'rollback': {
        const restored = rocketChatRestored.parse(await this.rollbacks.rollback(ctx, { onStep }));
        return { result: { kind, restored }, ...(await this.lookAgain()) };
      }
      case 'restore-plan':
        return {
          result: { kind, restorePlan: rocketChatRestorePlan.parse(await this.backups.restorePlan(given(file))) },
        };
      case 'restore': {
        const restored = rocketChatRestored.parse(await this.backups.restore(ctx, given(file), { onStep }));
        return { result: { kind, restored }, ...(await this.lookAgain()) };
      }
    }
  }

  /** What differs after the server was taken back. */
  private async lookAgain(): Promise<Pick<RunOutcome, 'blind'>> {
    try {
      await this.drift.save(rocketChatPlan.parse(await this.provisioning.plan()));
      return {};
    } catch (blind) {
      return { blind };
    }
  }
}

function given(file: RocketChatBackupFile | null): RocketChatBackupFile {
  if (file === null) throw new Error('a restore has a file');
  return file;
}
