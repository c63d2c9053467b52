import { BUILT_IN_CHANNELS, type RocketChatChecks, type RocketChatFinding } from '@besedka/contracts';
import { isRocketChatError } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { type Principal, principalOf, type RequestContext } from '../../../common/context/request-context.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { LinksService } from '../sync/links.service.js';
import { findingsOf } from './findings.js';
import type { Observations, OwnAccount } from './observations.js';
import { Observer } from './observer.js';

/** Milliseconds for which what was seen answers everybody: who presses a button must not press it on Rocket.Chat. */
const FRESH_MS = 3_000;
const PERSON_MS = 2_000;
/** What members may read of a finding besides its sentence. */
const FOR_EVERYBODY = new Set(['address', 'channels']);

interface Seen {
  readonly observations: Observations;
  readonly at: number;
}

/** What is wrong with the chat, for the person who asks. */
@Injectable()
export class ChecksService {
  private last: Seen | null = null;
  private looking: Promise<Seen> | null = null;

  constructor(
    private readonly observer: Observer,
    private readonly links: LinksService,
    private readonly rooms: RoomLinksRepository,
  ) {}

  /** Findings, the first cause first. Admins get facts and remedies of administration. */
  async check(ctx: RequestContext): Promise<RocketChatChecks> {
    const principal = principalOf(ctx);
    const [{ observations, at }, own] = await Promise.all([this.seen(), this.own(principal)]);
    const { reached } = observations;
    const findings = findingsOf(observations, observations.chatUrl === null ? null : own);
    const mayManage = principal.permissions.has('rocketchat:manage');
    return {
      version: reached?.kind === 'rocketchat' ? reached.profile.version.text : null,
      findings: mayManage ? findings : findings.map((finding) => forMembers(finding, observations)),
      checkedAt: new Date(at).toISOString(),
    };
  }

  /** What was seen of the server that everybody uses. @param maxAgeMs how old it may be; 0 for a look of its own */
  async observations(maxAgeMs = FRESH_MS): Promise<Observations> {
    return (await this.seen(maxAgeMs)).observations;
  }

  private seen(maxAgeMs = FRESH_MS): Promise<Seen> {
    if (this.last !== null && Date.now() - this.last.at < maxAgeMs) return Promise.resolve(this.last);
    this.looking ??= this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  private async look(): Promise<Seen> {
    const observations = await this.observer.observe();
    this.last = { observations, at: Date.now() };
    return this.last;
  }

  private async own({ userId, groups }: Principal): Promise<OwnAccount> {
    const [link, rooms] = await Promise.all([this.links.find(userId), this.rooms.all()]);
    const state = link?.state ?? 'waiting';
    const unseen: OwnAccount = { state, isActive: null, missingChannels: [] };
    const client = this.observer.adminClient();
    if (state !== 'ready' || link === null || link.rocketChatId === null || client === null) return unseen;
    try {
      const options = { signal: AbortSignal.timeout(PERSON_MS) };
      const account = await client.users.infoWithRooms({ userId: link.rocketChatId }, options);
      const inside = account.rooms == null ? null : new Set(account.rooms.map(({ rid }) => rid));
      const wanted = BUILT_IN_CHANNELS.filter(({ key, group }) => groups.includes(group) && rooms.has(key));
      const missing = wanted.filter(({ key }) => inside !== null && !inside.has(rooms.get(key) ?? ''));
      return { state, isActive: account.active ?? null, missingChannels: missing.map(({ key }) => key) };
    } catch (error) {
      // Whatever keeps the server from answering is found by looking at the server.
      if (isRocketChatError(error) || error instanceof DOMException) return unseen;
      throw error;
    }
  }
}

function forMembers({ cause, remedy, facts }: RocketChatFinding, { chatUrl }: Observations): RocketChatFinding {
  const safe = Object.entries(facts).filter(
    // Of addresses only the one that their browser knows anyway.
    ([name, value]) => FOR_EVERYBODY.has(name) && (name !== 'address' || chatUrl?.startsWith(value) === true),
  );
  return { cause, remedy: remedy === 'apply' ? 'none' : remedy, facts: Object.fromEntries(safe) };
}
