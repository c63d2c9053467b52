import {
  BUILT_IN_CHANNELS,
  ROCKETCHAT_VERIFY_CHECKS,
  type RocketChatVerification,
  type RocketChatVerifyCheck,
  type RocketChatVerifyResult,
} from '@besedka/contracts';
import { type AuthTokens, customOAuthSettingId, isRocketChatError, type RocketChatClient } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { AppConfig } from '../../../config/app-config.js';
import { AuditService } from '../../audit/audit.service.js';
import { PROVIDER } from '../desired-state.js';
import { frameRefusal } from '../frame-permission.js';
import { type Found, ProvisioningGround } from '../provisioning-ground.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { LinksService } from '../sync/links.service.js';
import { SyncService } from '../sync/sync.service.js';
import { type TestAccount, TestAccounts } from './test-accounts.js';
import { Trouble } from './trouble.js';
import { Visitor } from './visitor.js';

/** How long something may take that follows by itself: numbers, the end of a session. */
const PATIENCE_MS = 20_000;
/** The pause after the first look; each one is twice as long as the one before, so that the person's own calls stay below the limiter. */
const FIRST_PAUSE_MS = 250;

export interface VerifyOptions {
  /** Told before each check. */
  readonly onStep?: (check: RocketChatVerifyCheck) => void;
  /** Milliseconds for what follows by itself. Default 20 000. */
  readonly patienceMs?: number;
}

/** What the checks of one run hand on. */
interface Trial {
  readonly found: Found;
  readonly visitor: Visitor;
  readonly account: TestAccount;
  readonly patienceMs: number;
  tokens: AuthTokens | null;
}

/**
 * Proves the set-up as a person meets it: a test account goes the whole way, from the portal's session to the end of the one in
 * Rocket.Chat. It needs a running portal, because Rocket.Chat itself asks it.
 */
@Injectable()
export class VerificationService {
  constructor(
    private readonly config: AppConfig,
    private readonly ground: ProvisioningGround,
    private readonly accounts: TestAccounts,
    private readonly sync: SyncService,
    private readonly links: LinksService,
    private readonly rooms: RoomLinksRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Runs every check that can be run; one that needs a failed one is `not_run`. Whatever happens, the account is removed again; what a
   * crash left is removed by the next run.
   * @throws StartupError when Rocket.Chat cannot be worked with at all
   */
  verify(
    ctx: RequestContext,
    { onStep, patienceMs = PATIENCE_MS }: VerifyOptions = {},
  ): Promise<RocketChatVerification> {
    return this.ground.connected(async (found) => {
      for (const old of await this.accounts.leftovers()) await this.accounts.remove(found.rocket, old);
      const account = await this.accounts.make(ctx);
      const visitor = new Visitor(this.config, (input, init) => globalThis.fetch(input, init));
      const trial: Trial = { found, visitor, account, patienceMs, tokens: null };
      const checks: RocketChatVerifyResult[] = [];
      try {
        for (const id of ROCKETCHAT_VERIFY_CHECKS) {
          if (id === 'cleaned-up') continue;
          onStep?.(id);
          checks.push(await result(id, () => this.check(id, trial, checks)));
        }
      } finally {
        onStep?.('cleaned-up');
        checks.push(await result('cleaned-up', () => this.cleanUp(trial)));
      }
      const failed = checks.filter(({ ok }) => !ok).map(({ id }) => id);
      await this.audit.recordNow(ctx, 'rocketchat.verified', null, { failed });
      return { ...found.head, warnings: [...found.head.warnings], ok: failed.length === 0, checks };
    });
  }

  /** @throws Trouble, RocketChatError */
  private async check(
    id: RocketChatVerifyCheck,
    trial: Trial,
    before: readonly RocketChatVerifyResult[],
  ): Promise<Record<string, string>> {
    const needs = NEEDS[id];
    if (needs !== undefined && before.find((one) => one.id === needs)?.ok !== true) {
      throw new Trouble('not_run', { needs });
    }
    switch (id) {
      case 'sign-in-offered':
        return this.signInOffered(trial);
      case 'frame-allowed':
        return this.frameAllowed(trial);
      case 'signs-in':
        return this.signsIn(trial);
      case 'in-channels':
        return this.inChannels(trial);
      case 'unread-rises':
        return this.unreadRises(trial);
      case 'sign-out-ends':
        return this.signOutEnds(trial);
      case 'cleaned-up':
        return this.cleanUp(trial);
    }
  }

  /** F27: strangers are offered the provider with the addresses of this portal; in the other mode the frame asks the portal. */
  private async signInOffered({ found, visitor }: Trial): Promise<Record<string, string>> {
    const { desired, actual } = found;
    const { publicUrl } = this.config.http;
    if (desired.mode === 'iframe-token') {
      const wrong = Object.entries(desired.settings).find(
        ([id, value]) => /^Accounts_iframe/i.test(id) && actual.settings.get(id) !== value,
      );
      if (wrong !== undefined) throw new Trouble('iframe_auth_off', { setting: wrong[0] });
      return {};
    }
    const service = await visitor.offered();
    if (service === null) throw new Trouble('provider_missing', { service: PROVIDER });
    const isOurs = service.serverURL === publicUrl && service.clientId === found.client?.clientId;
    if (!isOurs) throw new Trouble('provider_differs', { url: service.serverURL, wanted: publicUrl });
    return { service: PROVIDER };
  }

  /** F09: the headers of a real answer, whatever the settings say. */
  private async frameAllowed({ visitor }: Trial): Promise<Record<string, string>> {
    const { headers } = await visitor.page();
    const chat = new URL(this.config.rocketChat.url ?? '').origin;
    const refusal = frameRefusal(headers, new URL(this.config.http.publicUrl).origin, chat);
    if (refusal !== null) throw new Trouble(refusal.cause, { header: refusal.value });
    return {};
  }

  /** The account is made before the first sign-in, as everybody's is; the sign-in must find exactly it. */
  private async signsIn(trial: Trial): Promise<Record<string, string>> {
    const { found, visitor, account } = trial;
    await this.sync.reconcile(found.rocket, account.userId);
    const link = await this.links.find(account.userId);
    if (found.desired.mode === 'iframe-token') trial.tokens = await visitor.signInByToken(account, found.rocket);
    else {
      const service = await visitor.offered();
      if (service === null) throw new Trouble('provider_missing', { service: PROVIDER });
      try {
        trial.tokens = await visitor.signInByOAuth(account, service);
      } catch (error) {
        // Rocket.Chat does not say why; a secret that opens nothing is the cause that we can tell.
        const isSecret =
          error instanceof Trouble && error.why === 'callback_refused' && found.client?.secretFits === false;
        throw isSecret
          ? new Trouble('client_secret_wrong', { setting: customOAuthSettingId(PROVIDER, 'secret') })
          : error;
      }
    }
    if (link?.rocketChatId !== trial.tokens.userId) {
      const there = await found.rocket.users.find({ userId: trial.tokens.userId });
      throw new Trouble('another_account', { username: there?.username ?? '' });
    }
    return { account: account.username };
  }

  /** F02, F12: asked as the person; a room without a membership is one with a Join button. */
  private async inChannels(trial: Trial): Promise<Record<string, string>> {
    const rooms = await this.rooms.all();
    const { update } = await this.asPerson(trial).subscriptions.get();
    const mine = new Set(update.map(({ rid }) => rid));
    const open = BUILT_IN_CHANNELS.filter(({ group }) => group === 'user');
    const missing = open.filter(({ key }) => !mine.has(rooms.get(key) ?? '')).map(({ title }) => title);
    if (missing.length > 0) throw new Trouble('not_in_channel', { channels: missing.join(', ') });
    return { channels: open.map(({ title }) => title).join(', ') };
  }

  /** In a room of its own, so that nobody is disturbed: a number must rise without a mention. */
  private async unreadRises(trial: Trial): Promise<Record<string, string>> {
    const { found, account, tokens } = trial;
    const { rocket } = found;
    const room = await rocket.groups.create({ name: account.username });
    await rocket.groups.invite({ roomId: room._id, userId: tokens?.userId ?? '' });
    // As Rocket.Chat counts it for them; an admin's question is not limited.
    const unread = async (): Promise<number> => {
      const { rooms } = await rocket.users.infoWithRooms({ userId: tokens?.userId ?? '' });
      return rooms?.find(({ rid }) => rid === room._id)?.unread ?? 0;
    };
    const before = await unread();
    await rocket.chat.postMessage({ roomId: room._id, text: 'rocketchat verify' });
    const rose = await eventually(trial.patienceMs, async () => (await unread()) > before);
    if (!rose) throw new Trouble('unread_unchanged', { before: String(before) });
    return {};
  }

  /** The token is asked for itself: it must be refused. */
  private async signOutEnds(trial: Trial): Promise<Record<string, string>> {
    await trial.visitor.signOut(trial.account);
    const ended = await eventually(trial.patienceMs, async () => {
      try {
        await this.asPerson(trial).auth.me();
        return false;
      } catch (error) {
        if (isRocketChatError(error, 'unauthorized')) return true;
        throw error;
      }
    });
    if (!ended) throw new Trouble('session_alive', { seconds: String(trial.patienceMs / 1000) });
    return {};
  }

  private async cleanUp({ found, account }: Trial): Promise<Record<string, string>> {
    try {
      await this.accounts.remove(found.rocket, account);
    } catch (error) {
      if (!isRocketChatError(error)) throw error;
      throw new Trouble('cleanup_failed', { account: account.username, reason: error.kind });
    }
    return {};
  }

  private asPerson({ found, tokens }: Trial): RocketChatClient {
    if (tokens === null) throw new Error('nobody is signed in');
    return found.rocket.as(tokens);
  }
}

/** Check → the one without which it says nothing. */
const NEEDS: Partial<Record<RocketChatVerifyCheck, RocketChatVerifyCheck>> = {
  'in-channels': 'signs-in',
  'unread-rises': 'signs-in',
  'sign-out-ends': 'signs-in',
};

async function result(
  id: RocketChatVerifyCheck,
  check: () => Promise<Record<string, string>>,
): Promise<RocketChatVerifyResult> {
  try {
    return { id, ok: true, cause: null, facts: await check() };
  } catch (error) {
    if (error instanceof Trouble) return { id, ok: false, cause: error.why, facts: { ...error.facts } };
    if (!isRocketChatError(error)) throw error;
    const { kind, route, status } = error;
    const isAway = kind === 'unreachable' || kind === 'timeout';
    const facts = { route, reason: kind, ...(status !== undefined && { status: String(status) }) };
    return { id, ok: false, cause: isAway ? 'unreachable' : 'refused_by_rocketchat', facts };
  }
}

/** Looks until it is so. @returns false when it took too long */
async function eventually(patienceMs: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; !(await isSo()); pause *= 2) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return true;
}
