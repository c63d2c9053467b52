import type { RocketChatChecks, RocketChatEmbed } from '@besedka/contracts/rocketchat';
import type { RocketChatCause } from '@besedka/contracts/rocketchat-causes';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import { rocketChatApi } from '../api';
import { diagnose, type Diagnosis, type FrameFacts, type Probe } from '../diagnosis';
import { canOpenSocket, canReach, canStore } from './probes';

/** The frame gets this long before anybody is asked about it: usually it needs less. */
const PATIENCE_MS = 2_000;
const TICK_MS = 250;
/** As long as it does not work everybody is asked again: they may know more by now, or the cause is gone. */
const AGAIN_MS = 5_000;
/** While all is well, and somebody reads that it is. */
const NEWS_MS = 15_000;

const NO_FRAME: Omit<FrameFacts, 'age'> = {
  loaded: false,
  startups: 0,
  phase: 'loading',
  failure: null,
  shown: false,
  roomFailed: false,
  foreignOrigin: null,
};

export interface DiagnosisWatch {
  diagnosis: Readonly<ShallowRef<Diagnosis>>;
  /** The version that the server read, once it has. */
  version: Readonly<ShallowRef<string | null>>;
  /**
   * Looks from now on, until all is well; asks server and network only when the frame does not come up by itself.
   *
   * @param anew there is another frame
   */
  watchFrame: (anew: boolean) => void;
  /** Looks at everything anew, the frame as it is. */
  check: () => void;
}

export interface DiagnosisOptions {
  embed: () => RocketChatEmbed | null;
  frame: () => Omit<FrameFacts, 'age'> | undefined;
  /** Somebody reads what is found: it is kept true then, also while the chat works. */
  read: () => boolean;
  /** Something outside the frame that kept it from working is gone. The frame cannot know, so whoever owns it tries anew. */
  recovered: () => void;
}

/** Watches what happens until it is clear how it stands. It only looks: nothing here touches the frame. */
export function useDiagnosis({ embed, frame, read, recovered }: DiagnosisOptions): DiagnosisWatch {
  let begunAt = Date.now();
  let frameAt = Date.now();
  let round = 0;
  let asked = false;
  let asking = false;
  let answeredAt = 0;
  let checks: RocketChatChecks | 'pending' | 'failed' = 'pending';
  let reach: Probe = 'pending';
  let socket: Probe = 'pending';
  /** What was in the way in the last round of questions. */
  let obstacles: ReadonlySet<RocketChatCause> = new Set();
  let ticker: ReturnType<typeof setInterval> | undefined;
  const storage = canStore();
  const version = shallowRef<string | null>(null);
  const diagnosis = shallowRef(look());

  function look(): Diagnosis {
    const now = Date.now();
    return diagnose({
      elapsed: now - begunAt,
      checks,
      reach,
      socket,
      storage,
      address: embed()?.url ?? '',
      frame: { ...(frame() ?? NO_FRAME), age: now - frameAt },
    });
  }

  function tick(): void {
    const before = diagnosis.value;
    const next = look();
    if (JSON.stringify(before) !== JSON.stringify(next)) diagnosis.value = next;
    const now = Date.now();
    const works = next.state === 'fine' || next.state === 'attention';
    if (works && !read() && !asking) return clearInterval(ticker);
    if (!asked) {
      if (next.state !== 'fine' && now - begunAt >= PATIENCE_MS) void ask(true);
    } else if (!asking && !document.hidden && now - answeredAt >= (next.state === 'fine' ? NEWS_MS : AGAIN_MS))
      void ask(false);
  }

  /** @param anew what was answered before counts no longer, and is drawn as open */
  async function ask(anew: boolean): Promise<void> {
    const mine = (round += 1);
    asked = asking = true;
    if (anew) checks = reach = socket = 'pending';
    const take = (set: () => void): void => {
      if (mine !== round) return;
      set();
      tick();
    };
    await Promise.all([askServer(take), tryNetwork(take)]);
    if (mine !== round) return;
    asking = false;
    answeredAt = Date.now();
    compare();
  }

  async function askServer(take: (set: () => void) => void): Promise<void> {
    const found = await rocketChatApi.checks().catch(() => 'failed' as const);
    take(() => {
      checks = found;
      if (found !== 'failed') version.value = found.version;
    });
  }

  async function tryNetwork(take: (set: () => void) => void): Promise<void> {
    const url = embed()?.url;
    if (url === undefined) return;
    const reached = await canReach(url);
    take(() => (reach = reached ? 'yes' : 'no'));
    const opened = reached && (await canOpenSocket(url));
    take(() => (socket = opened ? 'yes' : 'no'));
  }

  /** Nobody tells the frame that the way is free again. */
  function compare(): void {
    if (checks === 'failed') return;
    const server = typeof checks === 'object' ? checks.findings.map(({ cause }) => cause) : [];
    const before = obstacles;
    obstacles = new Set(reach === 'no' || socket === 'no' ? [...server, 'browser_cannot_reach'] : server);
    const { state } = diagnosis.value;
    const works = state === 'fine' || state === 'attention';
    if (!works && [...before].some((cause) => !obstacles.has(cause))) recovered();
  }

  function begin(): void {
    begunAt = Date.now();
    asked = false;
    clearInterval(ticker);
    ticker = setInterval(tick, TICK_MS);
  }

  onScopeDispose(() => {
    round = -1;
    clearInterval(ticker);
  });

  return {
    diagnosis,
    version,
    watchFrame(anew) {
      if (anew) frameAt = Date.now();
      begin();
      tick();
    },
    check() {
      begin();
      void ask(true);
      tick();
    },
  };
}
