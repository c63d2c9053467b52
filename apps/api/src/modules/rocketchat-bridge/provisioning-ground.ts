import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import { collect, customOAuthSettingId, type RocketChatClient, type ServerProfile } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import type { RocketChatMode } from '../../config/rocketchat.config.js';
import { type ActualState, clientThere, readActualState } from './actual-state.js';
import { BridgeClient, type FoundClient } from './bridge-client.js';
import { assertNamesAllowed, type DesiredState, desiredState, PROVIDER } from './desired-state.js';
import type { Ours } from './plan.js';
import { inWords, RocketChatConnector } from './rocketchat-connector.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { TakeoverError } from './takeover-error.js';
import { TOKEN_SECRET_MISSING } from './token-secret.js';
import { webhookToken } from './webhook-token.js';

/** What every answer about a server begins with. */
export interface ServerHead {
  /** As the server tells it. */
  readonly version: string;
  readonly mode: RocketChatMode;
  /** Versions that must not be used, and what keeps everybody from signing in, in plain words. */
  readonly warnings: readonly string[];
}

/** A server and everything that is known of it before the first write. */
export interface Found extends Ours {
  readonly rocket: RocketChatClient;
  readonly server: ServerProfile;
  readonly desired: DesiredState;
  readonly actual: ActualState;
  readonly client: FoundClient | null;
  readonly head: ServerHead;
}

/** Where every use case that sets a server up begins: connected, looked at, and nothing written. */
@Injectable()
export class ProvisioningGround {
  constructor(
    private readonly config: AppConfig,
    private readonly connector: RocketChatConnector,
    private readonly links: RoomLinksRepository,
    private readonly clients: BridgeClient,
  ) {}

  /**
   * Whatever is wrong is found here, before anything is written.
   * @param moreLinks channel → room id, for those that are not noted
   * @throws StartupError, also for everything that Rocket.Chat refuses in `work`
   */
  connected<T>(work: (found: Found) => Promise<T>, moreLinks: ReadonlyMap<string, string> = new Map()): Promise<T> {
    return inWords(async () => {
      const rocket = this.connector.connect();
      try {
        return await work(await this.read(rocket, moreLinks));
      } finally {
        rocket.close();
      }
    }, this.config.rocketChat);
  }

  /** Reads everything anew, to look at what was written. */
  async again(
    { rocket, desired, webhookToken: token }: Found,
    moreLinks: ReadonlyMap<string, string> = new Map(),
  ): Promise<{ actual: ActualState; ours: Ours }> {
    const actual = await readActualState(rocket, desired, await this.linksWith(moreLinks));
    return { actual, ours: { client: await this.clientOf(desired, actual), webhookToken: token } };
  }

  private async read(rocket: RocketChatClient, moreLinks: ReadonlyMap<string, string>): Promise<Found> {
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
    const actual = await readActualState(rocket, desired, await this.linksWith(moreLinks));
    assertNamesAllowed(desired.channels, blockedNames(actual));
    await this.assertNoTakeover(rocket, desired, actual);
    const client = await this.clientOf(desired, actual);
    const needsSecret = desired.mode === 'iframe-token' && rocketChat.tokenSecret === null;
    const warnings = needsSecret ? [...server.problems, TOKEN_SECRET_MISSING] : server.problems;
    const head = { version: server.version.text, mode: desired.mode, warnings };
    return { rocket, server, desired, actual, client, webhookToken: webhookToken(this.config), head };
  }

  private async linksWith(more: ReadonlyMap<string, string>): Promise<Map<string, string>> {
    return new Map([...more, ...(await this.links.all())]);
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
    if (same !== undefined) throw new TakeoverError(same);
  }
}

/** What the server's own settings reserve besides. */
export function blockedNames({ settings }: ActualState): string[] {
  return ['Accounts_SystemBlockedUsernameList', 'Accounts_BlockedUsernameList'].flatMap((id) => {
    const list = settings.get(id);
    return typeof list === 'string' ? list.split(',').filter((name) => name.trim() !== '') : [];
  });
}
