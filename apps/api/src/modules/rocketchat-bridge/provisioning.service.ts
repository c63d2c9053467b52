import { BUILT_IN_CHANNELS, ROCKETCHAT_STEPS } from '@besedka/contracts';
import { collect, customOAuthSettingId, type RocketChatClient } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import type { RocketChatMode } from '../../config/rocketchat.config.js';
import { AuditService } from '../audit/audit.service.js';
import { type ActualState, clientThere, readActualState } from './actual-state.js';
import { BridgeClient, type FoundClient } from './bridge-client.js';
import { assertNamesAllowed, type DesiredState, desiredState, PROVIDER } from './desired-state.js';
import { type Difference, differencesOf, planOf, type Step } from './plan.js';
import { inWords, RocketChatConnector } from './rocketchat-connector.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { perform } from './steps.js';
import { webhookToken } from './webhook-token.js';

/** What `plan` found. */
export interface Plan {
  /** As the server tells it. */
  readonly version: string;
  readonly mode: RocketChatMode;
  /** Versions that must not be used, in plain words. */
  readonly warnings: readonly string[];
  readonly differences: readonly Difference[];
}

/** What `apply` did. */
export interface Applied extends Omit<Plan, 'differences'> {
  /** What differed and was written, in its order. */
  readonly changed: readonly Difference[];
  /** What the server lets nobody change through its API: pinned by its environment, read-only or unknown to its version. */
  readonly remaining: readonly Difference[];
}

export interface ApplyOptions {
  /** Told before each step that changes something. */
  readonly onStep?: (step: Step, differences: readonly Difference[]) => void;
}

interface Found {
  readonly rocket: RocketChatClient;
  readonly desired: DesiredState;
  readonly actual: ActualState;
  readonly client: FoundClient | null;
  readonly head: Omit<Plan, 'differences'>;
}

/** Makes a Rocket.Chat server ours, over its own REST API. Reads first, writes only differences, looks again at the end. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly config: AppConfig,
    private readonly connector: RocketChatConnector,
    private readonly links: RoomLinksRepository,
    private readonly clients: BridgeClient,
    private readonly audit: AuditService,
  ) {}

  /** Everything that differs; changes nothing. @throws StartupError */
  plan(): Promise<Plan> {
    return this.connected(async ({ desired, actual, client, head }) =>
      Promise.resolve({ ...head, differences: planOf(desired, actual, this.ours(client)) }),
    );
  }

  /**
   * Makes it so, step by step; each step that wrote something is audited. May be run again at any time.
   * @throws StartupError, also when something is not as it was written
   */
  apply(ctx: RequestContext, { onStep }: ApplyOptions = {}): Promise<Applied> {
    return this.connected(async ({ rocket, desired, actual, client, head }) => {
      const run = { ctx, rocket, desired, actual, ...this.ours(client), links: this.links, clients: this.clients };
      const changed: Difference[] = [];
      let isTouched = false;
      for (const step of ROCKETCHAT_STEPS) {
        const differences = differencesOf(step, desired, actual, run);
        if (differences.length === 0) continue;
        onStep?.(step, differences);
        await perform(step, run, differences);
        const left = differencesOf(step, desired, actual, run);
        const written = differences.filter((one) => !left.some(isSame(one)));
        isTouched = true;
        if (written.length === 0) continue;
        changed.push(...written);
        await this.audit.recordNow(ctx, 'rocketchat.applied', null, { step, ids: written.map(({ id }) => id) });
      }
      if (!isTouched) return { ...head, changed, remaining: [] };
      const remaining = await this.look(rocket, desired);
      assertOnlyUnchangeable(remaining);
      return { ...head, changed, remaining };
    });
  }

  /** Reads everything anew and compares. */
  private async look(rocket: RocketChatClient, desired: DesiredState): Promise<Difference[]> {
    const actual = await readActualState(rocket, desired, await this.links.all());
    return planOf(desired, actual, this.ours(await this.clientOf(desired, actual)));
  }

  private ours(client: FoundClient | null) {
    return { client, webhookToken: webhookToken(this.config) };
  }

  private connected<T>(work: (found: Found) => Promise<T>): Promise<T> {
    return inWords(async () => {
      const rocket = this.connector.connect();
      try {
        return await work(await this.read(rocket));
      } finally {
        rocket.close();
      }
    });
  }

  /** Whatever is wrong is found here, before anything is written. */
  private async read(rocket: RocketChatClient): Promise<Found> {
    const { rocketChat, http } = this.config;
    if (rocketChat.url === null) throw new StartupError('There is no Rocket.Chat: set ROCKETCHAT_URL.');
    const server = await rocket.info.profile();
    const desired = desiredState({
      portalUrl: http.publicUrl,
      innerPortalUrl: rocketChat.portalUrl ?? http.publicUrl,
      rocketChatUrl: rocketChat.url,
      mode: rocketChat.mode,
      server,
      channels: BUILT_IN_CHANNELS,
      marks: rocketChat.marks,
    });
    const actual = await readActualState(rocket, desired, await this.links.all());
    assertNamesAllowed(desired.channels, blockedNames(actual));
    await this.assertNoTakeover(rocket, desired, actual);
    const client = await this.clientOf(desired, actual);
    const head = { version: server.version.text, mode: desired.mode, warnings: server.problems };
    return { rocket, desired, actual, client, head };
  }

  private async clientOf({ provider }: DesiredState, actual: ActualState): Promise<FoundClient | null> {
    return provider === null ? null : this.clients.find(provider.client, clientThere(actual));
  }

  /**
   * Merging adopts accounts by user name, admins too: whoever has an admin's name in the portal would become that admin. Asked before
   * merging is switched on; afterwards an admin of the same name may well be one of ours.
   */
  private async assertNoTakeover(rocket: RocketChatClient, desired: DesiredState, actual: ActualState): Promise<void> {
    const merges = (field: 'merge_users' | 'merge_users_distinct_services'): boolean =>
      actual.settings.get(customOAuthSettingId(PROVIDER, field)) === true;
    if (desired.provider === null || (merges('merge_users') && merges('merge_users_distinct_services'))) return;
    const admins = (await collect(rocket.roles.usersInRole('admin'))).flatMap(({ username }) => username ?? []);
    const [same] = await this.links.accountsNamed(admins);
    if (same === undefined) return;
    throw new StartupError(
      `The portal's account ${same} would become the Rocket.Chat admin of the same name: rename that admin there first.`,
    );
  }
}

/** What the server's own settings reserve besides. */
function blockedNames({ settings }: ActualState): string[] {
  return ['Accounts_SystemBlockedUsernameList', 'Accounts_BlockedUsernameList'].flatMap((id) => {
    const list = settings.get(id);
    return typeof list === 'string' ? list.split(',').filter((name) => name.trim() !== '') : [];
  });
}

const isSame =
  (one: Difference) =>
  (other: Difference): boolean =>
    one.kind === other.kind && one.id === other.id;

/** Settings may be out of our hands; everything else is as written, or the run has failed. @throws StartupError */
function assertOnlyUnchangeable(remaining: readonly Difference[]): void {
  const wrong = remaining.filter(({ kind }) => kind !== 'setting');
  if (wrong.length === 0) return;
  throw new StartupError(`Rocket.Chat did not keep what was written: ${wrong.map(({ id }) => id).join(', ')}.`);
}
