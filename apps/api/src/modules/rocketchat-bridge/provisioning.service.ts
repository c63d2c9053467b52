import { ROCKETCHAT_STEPS } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { StartupError } from '../../config/config-error.js';
import { AuditService } from '../audit/audit.service.js';
import { BackupKeeper } from './backup-keeper.js';
import { BridgeClient } from './bridge-client.js';
import { memberDifferences, Members } from './members.js';
import { type Difference, differencesOf, planOf, type Step } from './plan.js';
import { ProvisioningGround, type ServerHead } from './provisioning-ground.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { perform } from './steps.js';
import { Everybody } from './sync/everybody.js';
import { WritingLock } from './writing-lock.js';

/** What `plan` found. */
export interface Plan extends ServerHead {
  readonly differences: readonly Difference[];
}

/** What `apply` did. */
export interface Applied extends ServerHead {
  /** What differed and was written, in its order. */
  readonly changed: readonly Difference[];
  /**
   * What the server lets nobody change through its API: pinned by its environment, read-only or unknown to its version; and members whom
   * this run could not put right, for whom the queue tries again. Whom the queue is working on anyway is no remainder.
   */
  readonly remaining: readonly Difference[];
}

export interface ApplyOptions {
  /** Told before each step that changes something. */
  readonly onStep?: (step: Step, differences: readonly Difference[]) => void;
}

/** Makes a Rocket.Chat server ours, over its own REST API. Reads first, writes only differences, looks again at the end. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly ground: ProvisioningGround,
    private readonly keeper: BackupKeeper,
    private readonly links: RoomLinksRepository,
    private readonly clients: BridgeClient,
    private readonly members: Members,
    private readonly everybody: Everybody,
    private readonly audit: AuditService,
    private readonly lock: WritingLock,
  ) {}

  /** Everything that differs; changes nothing. @throws StartupError */
  plan(): Promise<Plan> {
    return this.ground.connected(async (found) => ({
      ...found.head,
      differences: [
        ...planOf(found.desired, found.actual, found),
        ...memberDifferences(await this.members.find(found.rocket)),
      ],
    }));
  }

  /**
   * Makes it so, step by step; each step that wrote something is audited. The state before is kept, so that one command takes everything
   * back (F30). May be run again at any time: a run that was cut off goes on, and what it kept stays the state before.
   * @throws StartupError, also when something is not as it was written
   */
  apply(ctx: RequestContext, options: ApplyOptions = {}): Promise<Applied> {
    return this.lock.run(() => this.applyAlone(ctx, options));
  }

  private applyAlone(ctx: RequestContext, { onStep }: ApplyOptions): Promise<Applied> {
    return this.ground.connected(async (found) => {
      const { rocket, desired, actual, head } = found;
      const run = { ...found, ctx, links: this.links, clients: this.clients };
      const changed: Difference[] = [];
      const refused = new Set<string>();
      let kept: string | null = null;
      for (const step of ROCKETCHAT_STEPS) {
        const places = step === 'members' ? await this.members.find(rocket) : [];
        const differences = step === 'members' ? memberDifferences(places) : differencesOf(step, desired, actual, run);
        if (differences.length === 0) continue;
        kept ??= await this.keeper.keep(ctx, found, 'apply');
        onStep?.(step, differences);
        if (step === 'members') await this.members.putRight(rocket, places);
        else await perform(step, run, differences);
        const left =
          step === 'members'
            ? memberDifferences(await this.members.find(rocket))
            : differencesOf(step, desired, actual, run);
        const written = differences.filter((one) => !left.some(isSame(one)));
        if (step === 'members') for (const one of differences) if (!written.includes(one)) refused.add(one.id);
        if (written.length === 0) continue;
        changed.push(...written);
        await this.audit.recordNow(ctx, 'rocketchat.applied', null, { step, ids: written.map(({ id }) => id) });
      }
      // Also when nothing differed above: accounts are no part of the plan. What is found the server mends, which is running or will be.
      await this.everybody.look(ctx, rocket);
      if (kept === null) return { ...head, changed, remaining: [] };
      const { actual: after, ours } = await this.ground.again(found);
      const wrong = planOf(desired, after, ours);
      assertOnlyUnchangeable(wrong);
      const members = refused.size === 0 ? [] : memberDifferences(await this.members.find(rocket));
      const remaining = [...wrong, ...members.filter(({ id }) => refused.has(id))];
      await this.keeper.finished(kept);
      return { ...head, changed, remaining };
    });
  }
}

export const isSame =
  (one: Difference) =>
  (other: Difference): boolean =>
    one.kind === other.kind && one.id === other.id;

/** Settings may be out of our hands; everything else is as written, or the run has failed. @throws StartupError */
export function assertOnlyUnchangeable(remaining: readonly Difference[]): void {
  const wrong = remaining.filter(({ kind }) => kind !== 'setting');
  if (wrong.length === 0) return;
  throw new StartupError(`Rocket.Chat did not keep what was written: ${wrong.map(({ id }) => id).join(', ')}.`);
}
