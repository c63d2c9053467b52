import { onScopeDispose, ref, type Ref } from 'vue';

/** Whole seconds that are left, counting down to 0 by the clock, so a sleeping laptop does not stretch the wait. */
export function useCountdown(): { left: Readonly<Ref<number>>; start: (seconds: number) => void } {
  const left = ref(0);
  let until = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    if (left.value === 0) clearInterval(timer);
  };
  onScopeDispose(() => clearInterval(timer));
  return {
    left,
    start(seconds) {
      clearInterval(timer);
      until = Date.now() + seconds * 1000;
      timer = setInterval(tick, 500);
      tick();
    },
  };
}
