import { BUILT_IN_CHANNELS, type RocketChatBackupFile, type RocketChatSkipped } from '@besedka/contracts';
import { isRocketChatError } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AuditService } from '../audit/audit.service.js';
import { BackupKeeper } from './backup-keeper.js';
import { assertNamesAllowed } from './desired-state.js';
import type { Difference } from './plan.js';
import { blockedNames, type Found, ProvisioningGround } from './provisioning-ground.js';
import { type ApplyOptions, assertOnlyUnchangeable, isSame } from './provisioning.service.js';
import { membersOf } from './room-members.js';
import { knownParts, RESTORE_STEPS, restoreStep, type RestoreView } from './restore-plan.js';
import { performRestore } from './restore-steps.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { WritingLock } from './writing-lock.js';

/** What taking a server back would do. */
export interface RestorePlan {
  readonly version: string;
  /** Moment of the backup. */
  readonly createdAt: string;
  readonly differences: readonly Difference[];
  readonly skipped: readonly RocketChatSkipped[];
}

/** What it did. */
export interface Restored extends Omit<RestorePlan, 'differences'> {
  readonly changed: readonly Difference[];
  /** What the server lets nobody change over its API, and members whom it refused. */
  readonly remaining: readonly Difference[];
}

/** Takes a server back to what a backup says. */
@Injectable()
export class Restorer {
  constructor(
    private readonly ground: ProvisioningGround,
    private readonly keeper: BackupKeeper,
    private readonly links: RoomLinksRepository,
    private readonly audit: AuditService,
    private readonly lock: WritingLock,
  ) {}

  /** Changes nothing. @throws StartupError */
  plan(file: RocketChatBackupFile): Promise<RestorePlan> {
    return this.ground.connected(async (found) => {
      const view = await this.viewOf(found, file);
      return { version: found.head.version, createdAt: file.createdAt, ...planOf(view) };
    }, linksOf(file));
  }

  /**
   * Step by step as `apply`: compares before each write, may be cut off and run again, looks at the end.
   * @throws StartupError
   */
  restore(
    ctx: RequestContext,
    file: RocketChatBackupFile,
    reason: 'restore' | 'rollback',
    options: ApplyOptions = {},
  ): Promise<Restored> {
    return this.lock.run(() => this.restoreAlone(ctx, file, reason, options));
  }

  private restoreAlone(
    ctx: RequestContext,
    file: RocketChatBackupFile,
    reason: 'restore' | 'rollback',
    { onStep }: ApplyOptions,
  ): Promise<Restored> {
    return this.ground.connected(async (found) => {
      const view = await this.viewOf(found, file);
      const { skipped } = planOf(view);
      const head = { version: found.head.version, createdAt: file.createdAt, skipped };
      const changed: Difference[] = [];
      let kept: string | null = null;
      for (const step of RESTORE_STEPS) {
        const { differences } = restoreStep(step, view);
        if (differences.length === 0) continue;
        kept ??= await this.keeper.keep(ctx, found, reason);
        onStep?.(step, differences);
        await performRestore(step, { ...view, rocket: found.rocket, links: this.links }, differences);
        const { differences: left } = restoreStep(step, view);
        const written = differences.filter((one) => step === 'members' || !left.some(isSame(one)));
        if (written.length === 0) continue;
        changed.push(...written);
        const ids = written.map(({ id }) => id);
        await this.audit.recordNow(ctx, 'rocketchat.restored', null, { step, ids, createdAt: file.createdAt });
      }
      if (kept === null) return { ...head, changed, remaining: [] };
      const { actual } = await this.ground.again(found, linksOf(file));
      const { differences: remaining } = planOf(await this.viewOf({ ...found, actual }, file));
      assertOnlyUnchangeable(remaining.filter(({ kind }) => kind !== 'member'));
      await this.keeper.finished(kept);
      return { ...head, changed: changed.filter((one) => !remaining.some(isSame(one))), remaining };
    }, linksOf(file));
  }

  /** @throws StartupError for a reserved name (F14), before anything is sent */
  private async viewOf(found: Found, whole: RocketChatBackupFile): Promise<RestoreView> {
    const { rocket, desired, actual, server, webhookToken } = found;
    const { file, skipped: leftOut } = knownParts(whole, desired);
    assertNamesAllowed(file.channels, blockedNames(actual));
    const members = new Map<string, Awaited<ReturnType<typeof membersOf>>>();
    for (const { key } of file.channels) {
      const room = actual.rooms.get(key);
      if (room !== undefined) members.set(key, await membersOf(rocket, room));
    }
    const people = new Map(
      [...members.values()].flatMap((all) => [...all.values()].map((one) => [one.username, one.id])),
    );
    const names = new Set(file.channels.flatMap((channel) => channel.members.map(({ username }) => username)));
    for (const username of names) {
      if (people.has(username)) continue;
      try {
        people.set(username, (await rocket.users.info({ username }))._id);
      } catch (error) {
        if (!isRocketChatError(error, 'not-found')) throw error;
      }
    }
    const groups = await this.links.groupsOf([...names]);
    const access = new Map([...groups].map(([name, open]) => [name, { channels: channelsOf(open) }]));
    return {
      ...{ file, leftOut, secrets: this.keeper.secrets, actual, webhookToken, members, people, access },
      providerNeedsLicence: server.customOAuthNeedsLicence,
    };
  }
}

function planOf(view: RestoreView): { differences: Difference[]; skipped: RocketChatSkipped[] } {
  const steps = RESTORE_STEPS.map((step) => restoreStep(step, view));
  return {
    differences: steps.flatMap(({ differences }) => differences),
    skipped: [...view.leftOut, ...steps.flatMap(({ skipped }) => skipped)],
  };
}

/** Channels that these groups open. */
function channelsOf(groups: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(BUILT_IN_CHANNELS.flatMap(({ key, group }) => (group === 'user' || groups.has(group) ? [key] : [])));
}

/** A server that was never ours, with our rooms in it: their ids are in the file. */
function linksOf({ channels }: RocketChatBackupFile): ReadonlyMap<string, string> {
  return new Map(channels.map(({ key, roomId }) => [key, roomId]));
}
