import { onBeforeUnmount, onMounted } from 'vue';

/** Resolves at once while the page is seen, otherwise as soon as it is again. */
export function whenVisible(): Promise<void> {
  return new Promise((resolve) => {
    const turn = (): void => {
      if (document.visibilityState !== 'visible') return;
      document.removeEventListener('visibilitychange', turn);
      resolve();
    };
    document.addEventListener('visibilitychange', turn);
    turn();
  });
}

/**
 * Does a task again and again while its component is there and the page is seen: one after the other, with a pause between. Nothing is
 * done while nobody looks; whoever looks again is not kept waiting.
 * @param task must not fail
 * @param pauseMs milliseconds until the next time; asked after each
 * @returns does it now: what was begun before the call does not count
 */
export function useWhileVisible(task: () => Promise<void>, pauseMs: () => number): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let doing: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let gone = false;

  function plan(): void {
    clearTimeout(timer);
    if (!gone && document.visibilityState === 'visible') timer = setTimeout(() => void now(), pauseMs());
  }
  function begin(): Promise<void> {
    clearTimeout(timer);
    next = null;
    doing = task().finally(() => {
      doing = null;
      plan();
    });
    return doing;
  }
  function now(): Promise<void> {
    if (doing === null) return begin();
    next ??= doing.then(begin);
    return next;
  }
  function turn(): void {
    if (document.visibilityState !== 'visible') clearTimeout(timer);
    else if (doing === null) void begin();
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', turn);
    plan();
  });
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', turn);
  });
  return now;
}
