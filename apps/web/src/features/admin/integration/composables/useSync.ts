import type {
  ResolveRocketChatConflict,
  RocketChatSync,
  RocketChatSyncPerson,
} from '@besedka/contracts/rocketchat-sync';
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useToasts } from '../../../../shared/toasts';
import { fetchSync, resolveConflict, retryAll, retryOne } from '../integrationApi';

/** Milliseconds between two looks while somebody waits. */
const LOOK_AGAIN = 2_000;
/** Milliseconds for which it is looked at after something was decided: the portal carries it out by itself. */
const FOLLOW = 20_000;

/** People in one state, as far as they are shown. */
type Listed = Pick<RocketChatSync, 'items' | 'nextCursor'>;

export interface Sync {
  counts: ComputedRef<RocketChatSync['counts'] | null>;
  /** Accounts that fail or wait for a decision; null: not known yet. */
  troubled: ComputedRef<number | null>;
  conflicts: Readonly<Ref<Listed>>;
  failures: Readonly<Ref<Listed>>;
  error: Readonly<Ref<unknown>>;
  busy: Readonly<Ref<boolean>>;
  load: () => Promise<void>;
  /** Looks now, and for a while again: the portal is about to do something by itself. */
  follow: () => Promise<void>;
  more: (state: 'conflict' | 'failing') => Promise<void>;
  retryEverybody: () => Promise<void>;
  retryPerson: (person: RocketChatSyncPerson) => Promise<void>;
  resolve: (person: RocketChatSyncPerson, body: ResolveRocketChatConflict) => Promise<void>;
}

const NOBODY: Listed = { items: [], nextCursor: null };

/** Accounts in Rocket.Chat that need somebody. Looks again by itself while anybody waits. */
export function useSync(): Sync {
  const { t } = useI18n();
  const toasts = useToasts();
  const latest = shallowRef<RocketChatSync | null>(null);
  const conflicts = shallowRef<Listed>(NOBODY);
  const failures = shallowRef<Listed>(NOBODY);
  const error = shallowRef<unknown>(null);
  const busy = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let followUntil = 0;
  let gone = false;
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });

  async function load(): Promise<void> {
    clearTimeout(timer);
    try {
      const [inConflict, failing] = await Promise.all([fetchSync('conflict'), fetchSync('failing')]);
      latest.value = inConflict;
      conflicts.value = inConflict;
      failures.value = failing;
      error.value = null;
    } catch (failure) {
      error.value = failure;
    }
    const isUnderWay = (latest.value?.counts.waiting ?? 0) > 0 || Date.now() < followUntil;
    if (!gone && isUnderWay) timer = setTimeout(() => void load(), LOOK_AGAIN);
  }

  async function follow(): Promise<void> {
    followUntil = Date.now() + FOLLOW;
    await load();
  }

  async function act(task: () => Promise<unknown>, done: string): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      await task();
      followUntil = Date.now() + FOLLOW;
      toasts.success(done);
    } catch (failure) {
      toasts.fail(failure);
    } finally {
      busy.value = false;
    }
    await load();
  }

  async function more(state: 'conflict' | 'failing'): Promise<void> {
    const list = state === 'conflict' ? conflicts : failures;
    const { items, nextCursor } = await fetchSync(state, list.value.nextCursor);
    list.value = { items: [...list.value.items, ...items], nextCursor };
  }

  onMounted(load);
  return {
    counts: computed(() => latest.value?.counts ?? null),
    troubled: computed(() => latest.value && latest.value.counts.failing + latest.value.counts.conflict),
    ...{ conflicts, failures, error, busy, load, follow, more },
    retryEverybody: () => act(retryAll, t('integration.sync.asked')),
    retryPerson: ({ userId }) => act(() => retryOne(userId), t('integration.sync.asked')),
    resolve: ({ userId }, body) => act(() => resolveConflict(userId, body), t('integration.sync.resolved')),
  };
}
