import { onBeforeUnmount, onMounted } from 'vue';
import { lastVisibleSeq } from '../logic/reading';
import { useChats } from '../store';

/** Reports what of the chat was really on screen; call `look` whenever that may have changed. */
export function useLogReading(chatId: string, view: () => HTMLElement | null, rows: () => HTMLElement[]) {
  const store = useChats();
  let frame = 0;

  function measure(): void {
    frame = 0;
    const box = view()?.getBoundingClientRect();
    if (!box || box.height === 0) return;
    const places = rows().flatMap((element) => {
      const seq = Number(element.dataset['seq']);
      if (!seq) return [];
      const { top, bottom } = element.getBoundingClientRect();
      return [{ seq, top, bottom }];
    });
    const seq = lastVisibleSeq(places, box);
    if (seq !== null) store.core?.reading.look(chatId, seq);
  }
  /** Once per frame, however often it is called. */
  function look(): void {
    frame ||= requestAnimationFrame(measure);
  }

  onMounted(() => {
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame);
    removeEventListener('focus', look);
    document.removeEventListener('visibilitychange', look);
  });
  return { look };
}
