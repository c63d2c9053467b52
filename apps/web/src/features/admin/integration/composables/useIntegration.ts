import type {
  RocketChatRun,
  RocketChatRunSummary,
  RocketChatStatus,
  StartRocketChatRun,
} from '@besedka/contracts/rocketchat-runs';
import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type Ref } from 'vue';
import { ApiError } from '../../../../shared/api/errors';
import { useToasts } from '../../../../shared/toasts';
import { useWhileVisible, whenVisible } from '../../../../shared/useWhileVisible';
import { fetchRun, fetchRuns, fetchStatus, startRun } from '../integrationApi';

/** Milliseconds between two looks at a run under way. */
const LOOK_AGAIN = 700;
/** The same while the portal does not answer. */
const ASK_AGAIN = 2_000;
/** Milliseconds between two looks at how everything stands. */
const WATCH = 5_000;
/** Looks without an answer after which the portal counts as away: a server that restarts misses one. */
const MISSED = 2;

export interface Integration {
  status: Readonly<Ref<RocketChatStatus | null>>;
  /** The last runs, the latest first. */
  runs: Readonly<Ref<readonly RocketChatRunSummary[]>>;
  /** The run that is looked at: the one under way, or one that was chosen. */
  run: Readonly<Ref<RocketChatRun | null>>;
  /** Why the page could not be loaded. */
  error: Readonly<Ref<unknown>>;
  /** Something is being done; nothing else can be begun. */
  busy: ComputedRef<boolean>;
  /** The portal does not answer: neither how the run goes nor how everything stands. It is asked again until it does. */
  lost: Readonly<Ref<boolean>>;
  /** The page is being loaded. */
  loading: Readonly<Ref<boolean>>;
  load: () => Promise<void>;
  /** Begins a run and follows it. Resolves to how it ended; null when it could not be begun, or the page was left. */
  start: (body: StartRocketChatRun) => Promise<RocketChatRun | null>;
  /** Shows a run of the history. */
  show: (id: string) => Promise<void>;
  /** Shows a run that something else has begun, and follows it. */
  follow: (begun: RocketChatRun) => Promise<RocketChatRun | null>;
}

/** An answer that another question would get again. */
const isRefusal = (failure: unknown): boolean =>
  failure instanceof ApiError && !failure.retriable && failure.status >= 400 && failure.status < 500;

/**
 * State of the page. What runs belongs to the server: a page that is opened later, or anew, goes on showing it; one that is seen follows
 * what changes elsewhere.
 */
export function useIntegration(): Integration {
  const toasts = useToasts();
  const status = shallowRef<RocketChatStatus | null>(null);
  const runs = shallowRef<readonly RocketChatRunSummary[]>([]);
  const run = shallowRef<RocketChatRun | null>(null);
  const error = shallowRef<unknown>(null);
  const starting = shallowRef(false);
  const lost = shallowRef(false);
  const loading = shallowRef(false);
  const busy = computed(() => starting.value || run.value?.state === 'running' || status.value?.active != null);
  let missed = 0;
  let gone = false;
  onBeforeUnmount(() => (gone = true));

  async function refresh(): Promise<void> {
    const now = await fetchStatus();
    const before = status.value;
    const isOther = now.latestRunId !== before?.latestRunId || now.active?.id !== before.active?.id;
    if (isOther) ({ items: runs.value } = await fetchRuns());
    status.value = now;
    error.value = null;
    missed = 0;
    if (run.value?.state !== 'running') lost.value = false;
  }

  /** How everything stands now, without a word when nothing has changed. */
  async function look(): Promise<void> {
    try {
      await refresh();
    } catch (failure) {
      missed += 1;
      // Whoever may no longer look, or never could, is told; otherwise what is known stays.
      if (status.value === null || isRefusal(failure)) error.value = failure;
      else if (missed >= MISSED) lost.value = true;
      return;
    }
    // Begun elsewhere: in another browser, or by a command. Whoever is looking at something else goes on with that.
    const active = status.value?.active;
    if (active && run.value === null) await show(active.id);
  }
  const watchAll = useWhileVisible(look, () => (missed > 0 && error.value === null ? ASK_AGAIN : WATCH));

  async function load(): Promise<void> {
    if (loading.value) return;
    loading.value = true;
    await watchAll();
    loading.value = false;
  }

  async function follow(begun: RocketChatRun): Promise<RocketChatRun | null> {
    run.value = begun;
    lost.value = false;
    // The top of the page says that something is under way.
    if (status.value?.active?.id !== begun.id) void watchAll();
    while (run.value.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, lost.value ? ASK_AGAIN : LOOK_AGAIN));
      await whenVisible();
      // Somebody has left the page, or looks at another run.
      if (gone || run.value.id !== begun.id) return null;
      try {
        run.value = await fetchRun(begun.id);
        lost.value = false;
      } catch (failure) {
        if (isRefusal(failure)) {
          toasts.fail(failure);
          run.value = null;
          return null;
        }
        // A server that restarts or a network that is away: the run may go on without us.
        lost.value = true;
      }
    }
    await watchAll();
    return run.value;
  }

  async function start(body: StartRocketChatRun): Promise<RocketChatRun | null> {
    if (busy.value) return null;
    starting.value = true;
    let begun: RocketChatRun;
    try {
      begun = await startRun(body);
    } catch (failure) {
      toasts.fail(failure);
      // Somebody else has begun one meanwhile: that is the one to look at.
      if (failure instanceof ApiError && failure.code === 'rocketchat_run_active') {
        run.value = null;
        void load();
      }
      return null;
    } finally {
      starting.value = false;
    }
    return follow(begun);
  }

  async function show(id: string): Promise<void> {
    // It is followed already.
    if (run.value?.id === id && run.value.state === 'running') return;
    try {
      const chosen = await fetchRun(id);
      if (chosen.state === 'running') void follow(chosen);
      else run.value = chosen;
    } catch (failure) {
      toasts.fail(failure);
    }
  }

  onMounted(load);
  return { status, runs, run, error, busy, lost, loading, load, start, show, follow };
}
