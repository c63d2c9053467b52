import type {
  ResolveRocketChatConflict,
  RocketChatSync,
  RocketChatSyncPerson,
} from '@besedka/contracts/rocketchat-sync';
import { computed, onMounted, ref, shallowRef, type ComputedRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useToasts } from '../../../../shared/toasts';
import { useWhileVisible } from '../../../../shared/useWhileVisible';
import { fetchSync, resolveConflict, retryAll, retryOne } from '../integrationApi';
import { type Listed, NOBODY, refreshed, shownOf } from '../logic/listed';

/** Milliseconds between two looks. */
const LOOK_AGAIN = 5_000;
/** The same while somebody waits. */
const LOOK_SOON = 2_000;
/** Milliseconds for which it is looked at after something was decided: the portal carries it out by itself. */
const FOLLOW = 20_000;

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

/** Accounts in Rocket.Chat that need somebody. Looks again by itself while the page is seen, sooner while anybody waits. */
export function useSync(): Sync {
  const { t } = useI18n();
  const toasts = useToasts();
  const latest = shallowRef<RocketChatSync | null>(null);
  const conflicts = shallowRef<Listed>(NOBODY);
  const failures = shallowRef<Listed>(NOBODY);
  const error = shallowRef<unknown>(null);
  const busy = ref(false);
  let followUntil = 0;

  const isUnderWay = (): boolean => (latest.value?.counts.waiting ?? 0) > 0 || Date.now() < followUntil;
  const load = useWhileVisible(look, () => (isUnderWay() ? LOOK_SOON : LOOK_AGAIN));

  async function look(): Promise<void> {
    try {
      const inConflict = await fetchSync('conflict', { limit: shownOf(conflicts.value) });
      const mayFail = inConflict.counts.failing > 0;
      const failing = mayFail ? await fetchSync('failing', { limit: shownOf(failures.value) }) : NOBODY;
      latest.value = inConflict;
      conflicts.value = refreshed(conflicts.value, inConflict);
      failures.value = refreshed(failures.value, failing);
      error.value = null;
    } catch (failure) {
      // What is known stays; the top of the page says when the portal is away.
      if (latest.value === null) error.value = failure;
    }
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
    const { items, nextCursor } = await fetchSync(state, { cursor: list.value.nextCursor });
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
