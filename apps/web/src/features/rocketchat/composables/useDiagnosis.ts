import type { RocketChatChecks, RocketChatEmbed } from '@besedka/contracts/rocketchat';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import { rocketChatApi } from '../api';
import { diagnose, type Diagnosis, type FrameFacts, type Probe } from '../diagnosis';
import { canOpenSocket, canReach, canStore } from './probes';

/** The frame gets this long before anybody is asked about it: usually it needs less. */
const PATIENCE_MS = 2_000;
const TICK_MS = 250;
/** As long as it does not work the server is asked again: it may know more by now, or the cause is gone. */
const AGAIN_MS = 5_000;

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

/** Watches what happens until it is clear how it stands. It only looks: nothing here touches the frame. */
export function useDiagnosis(
  embed: () => RocketChatEmbed | null,
  frame: () => Omit<FrameFacts, 'age'> | undefined,
): DiagnosisWatch {
  let begunAt = Date.now();
  let frameAt = Date.now();
  let round = 0;
  let asked = false;
  let askedAt = 0;
  let checks: RocketChatChecks | 'pending' | 'failed' = 'pending';
  let reach: Probe = 'pending';
  let socket: Probe = 'pending';
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
    if (next.state !== 'fine' && !asked && Date.now() - begunAt >= PATIENCE_MS) ask();
    else if (next.state === 'broken' && checks !== 'pending' && Date.now() - askedAt >= AGAIN_MS) askServer(round);
    if (JSON.stringify(before) !== JSON.stringify(next)) diagnosis.value = next;
    const answered = checks !== 'pending' && reach !== 'pending' && socket !== 'pending';
    if ((next.state === 'fine' || next.state === 'attention') && (answered || !asked)) clearInterval(ticker);
  }

  function ask(): void {
    const mine = (round += 1);
    asked = true;
    checks = reach = socket = 'pending';
    askServer(mine);
    const take = (set: () => void): void => {
      if (mine !== round) return;
      set();
      tick();
    };
    const url = embed()?.url;
    if (url === undefined) return;
    void canReach(url).then((is) => {
      take(() => (reach = is ? 'yes' : 'no'));
      if (is) void canOpenSocket(url).then((opened) => take(() => (socket = opened ? 'yes' : 'no')));
      else take(() => (socket = 'no'));
    });
  }

  function askServer(mine: number): void {
    askedAt = Date.now();
    const take = (found: RocketChatChecks | 'failed'): void => {
      if (mine !== round) return;
      checks = found;
      if (found !== 'failed') version.value = found.version;
      tick();
    };
    rocketChatApi.checks().then(take, () => take('failed'));
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
      ask();
      tick();
    },
  };
}
