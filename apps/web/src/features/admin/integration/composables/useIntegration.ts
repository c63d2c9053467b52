import type {
  RocketChatRun,
  RocketChatRunSummary,
  RocketChatStatus,
  StartRocketChatRun,
} from '@besedka/contracts/rocketchat-runs';
import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type Ref } from 'vue';
import { ApiError } from '../../../../shared/api/errors';
import { useToasts } from '../../../../shared/toasts';
import { fetchRun, fetchRuns, fetchStatus, startRun } from '../integrationApi';

/** Milliseconds between two looks at a run under way. */
const LOOK_AGAIN = 700;
/** The same while the portal does not answer. */
const ASK_AGAIN = 2_000;

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
  /** The portal does not say how the run goes; it is asked again until it does. */
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

/** State of the page. What runs belongs to the server: a page that is opened later, or anew, goes on showing it. */
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
  let gone = false;
  onBeforeUnmount(() => (gone = true));

  async function refresh(): Promise<void> {
    [status.value, { items: runs.value }] = await Promise.all([fetchStatus(), fetchRuns()]);
  }

  async function load(): Promise<void> {
    if (loading.value) return;
    error.value = null;
    loading.value = true;
    try {
      await refresh();
    } catch (failure) {
      error.value = failure;
      return;
    } finally {
      loading.value = false;
    }
    const active = status.value?.active;
    if (active) await follow(await fetchRun(active.id));
  }

  async function follow(begun: RocketChatRun): Promise<RocketChatRun | null> {
    run.value = begun;
    lost.value = false;
    // The top of the page says that something is under way.
    if (status.value?.active?.id !== begun.id) void refresh().catch(() => undefined);
    while (run.value.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, lost.value ? ASK_AGAIN : LOOK_AGAIN));
      // Somebody has left the page, or looks at another run.
      if (gone || run.value.id !== begun.id) return null;
      try {
        run.value = await fetchRun(begun.id);
        lost.value = false;
      } catch (failure) {
        // A server that restarts or a network that is away: the run may go on without us.
        if (!(failure instanceof ApiError) || (failure.status >= 400 && failure.status < 500)) throw failure;
        lost.value = true;
      }
    }
    await refresh().catch(() => undefined);
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
      if (failure instanceof ApiError && failure.code === 'rocketchat_run_active') void load();
      return null;
    } finally {
      starting.value = false;
    }
    return follow(begun);
  }

  async function show(id: string): Promise<void> {
    try {
      run.value = await fetchRun(id);
    } catch (failure) {
      toasts.fail(failure);
    }
  }

  onMounted(load);
  return { status, runs, run, error, busy, lost, loading, load, start, show, follow };
}
