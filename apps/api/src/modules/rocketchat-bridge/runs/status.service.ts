import type { RocketChatStatus } from '@besedka/contracts';
import { isRocketChatError, RocketChatError } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import { Lifecycle } from '../../../common/lifecycle/lifecycle.js';
import { ChecksService } from '../checks/checks.service.js';
import { findingsOf } from '../checks/findings.js';
import { BackupsRepository } from '../backups.repository.js';
import { DriftService } from '../drift.service.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { inWords } from '../rocketchat-connector.js';
import { RoomLists } from '../unread/room-lists.js';
import { failureOf } from './run-failure.js';
import { RunsService } from './runs.service.js';

/** Milliseconds after which the page is shown without an answer of Rocket.Chat. */
const PATIENCE_MS = 4_000;

/** Milliseconds for which a look at everything is good enough for a page that asks every few seconds. */
const FINDINGS_MS = 15_000;

/** How the integration stands, as the top of its page tells it. */
@Injectable()
export class StatusService {
  /** The runs that were known when Rocket.Chat was last looked at: with another one everything may have become another. */
  private lookedAfter = '';

  constructor(
    private readonly config: AppConfig,
    private readonly connection: RocketChatConnection,
    private readonly runs: RunsService,
    private readonly backups: BackupsRepository,
    private readonly drift: DriftService,
    private readonly rooms: RoomLists,
    private readonly checks: ChecksService,
    private readonly lifecycle: Lifecycle,
  ) {}

  async status(): Promise<RocketChatStatus> {
    const { http, rocketChat } = this.config;
    const { url, apiUrl, admin, mode } = rocketChat;
    const { drift, ...runs } = await this.looked();
    const [asked, findings, canRollBack] = await Promise.all([
      this.askServer(),
      this.findings(runs),
      this.backups.hasBeforeApply(),
    ]);
    return {
      missing: [
        ...(apiUrl === null ? (['ROCKETCHAT_URL'] as const) : []),
        ...(admin === null ? (['ROCKETCHAT_ADMIN'] as const) : []),
      ],
      portalUrl: http.publicUrl,
      url,
      apiUrl: apiUrl === url ? null : apiUrl,
      configuredMode: mode,
      ...asked,
      needsTokenSecret: asked.server?.mode === 'iframe-token' && rocketChat.tokenSecret === null,
      findings: asked.server === null ? [] : findings,
      startedAt: this.lifecycle.startedAt.toISOString(),
      ...runs,
      canRollBack,
      drift,
      unread: url === null ? null : this.rooms.source,
    };
  }

  /** What the last look for differences found, and the runs before and after it. */
  private async looked() {
    const drift = await this.drift.last();
    return { drift, ...(await this.runs.overview(drift && new Date(drift.checkedAt))) };
  }

  /** What keeps people out. Whether the server answers at all is told by `server` and `failure`. */
  private async findings({
    active,
    latestRunId,
  }: Pick<RocketChatStatus, 'active' | 'latestRunId'>): Promise<RocketChatStatus['findings']> {
    if (!this.connection.isConfigured || active !== null) return [];
    const isKnown = this.lookedAfter === (latestRunId ?? 'none');
    this.lookedAfter = latestRunId ?? 'none';
    const seen = await this.checks.observations(isKnown ? FINDINGS_MS : 0);
    return seen.reached?.kind === 'rocketchat' ? findingsOf(seen, null) : [];
  }

  /** Its version, and the mode that comes of it. */
  private async askServer(): Promise<Pick<RocketChatStatus, 'server' | 'failure'>> {
    if (!this.connection.isConfigured) return { server: null, failure: null };
    try {
      const { version, signInModes } = await inWords(() => this.profile(), this.config.rocketChat);
      const mode = this.config.rocketChat.mode ?? signInModes[0] ?? null;
      return { server: { version: version.text, mode }, failure: null };
    } catch (error) {
      return { server: null, failure: failureOf(error) };
    }
  }

  /** The client tries again for longer than anybody looks at an empty page. */
  private async profile() {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      return await this.connection.client.info.profile({ signal });
    } catch (error) {
      if (isRocketChatError(error) || !signal.aborted) throw error;
      throw new RocketChatError({ kind: 'timeout', route: 'GET /api/info' });
    }
  }
}
