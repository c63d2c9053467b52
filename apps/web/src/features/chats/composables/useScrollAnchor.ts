import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue';

/** Closer to the end than this counts as being there. */
const BOTTOM_PX = 24;

/**
 * Keeps a reader's place while rows come and go above and below: what was at the top edge before a change is there after it, and
 * who was at the bottom stays at the bottom. Rows are elements with `data-key`. The browser's own scroll anchoring is off: not all
 * have it, and two would correct each other.
 *
 * @param changes what, when it changes, changes the rows
 */
export function useScrollAnchor(
  scroller: Ref<HTMLElement | null>,
  content: Ref<HTMLElement | null>,
  changes: () => unknown,
) {
  const atBottom = ref(true);
  let anchor: { key: string; offset: number } | null = null;
  let paused = false;

  const rowElements = (): HTMLElement[] => [...(content.value?.querySelectorAll<HTMLElement>('[data-key]') ?? [])];
  const rowElement = (key: string): HTMLElement | undefined =>
    rowElements().find((element) => element.dataset['key'] === key);
  const viewTop = (): number => scroller.value?.getBoundingClientRect().top ?? 0;

  /** Notes the reader's place. */
  function capture(): void {
    const box = scroller.value;
    if (!box || paused) return;
    atBottom.value = box.scrollHeight - box.scrollTop - box.clientHeight <= BOTTOM_PX;
    const top = viewTop();
    const first = rowElements().find((element) => element.getBoundingClientRect().bottom > top + 1);
    anchor = first ? { key: first.dataset['key']!, offset: first.getBoundingClientRect().top - top } : null;
  }

  /** Brings the reader back to the noted place. */
  function restore(): void {
    const box = scroller.value;
    if (!box || paused) return;
    if (atBottom.value) {
      box.scrollTop = box.scrollHeight;
      return;
    }
    const element = anchor && rowElement(anchor.key);
    if (!anchor || !element) return;
    const moved = element.getBoundingClientRect().top - viewTop() - anchor.offset;
    if (Math.abs(moved) >= 1) box.scrollTop += moved;
  }

  watch(changes, capture, { flush: 'pre' });
  watch(changes, restore, { flush: 'post' });

  function toBottom(smooth = false): void {
    const box = scroller.value;
    if (!box) return;
    const far = box.scrollHeight - box.scrollTop > box.clientHeight * 4;
    if (!smooth || far) atBottom.value = true;
    box.scrollTo({ top: box.scrollHeight, behavior: smooth && !far && !reducedMotion() ? 'smooth' : 'instant' });
  }

  /** Puts a row at a share of the view's height (0 top, 0.5 middle). False when it is not drawn. */
  function toRow(key: string, share: number, smooth = false): boolean {
    const box = scroller.value;
    const element = rowElement(key);
    if (!box || !element) return false;
    const room = Math.max(0, box.clientHeight - element.offsetHeight);
    const top = box.scrollTop + element.getBoundingClientRect().top - viewTop() - room * share;
    const near = Math.abs(top - box.scrollTop) < box.clientHeight * 2;
    box.scrollTo({ top, behavior: smooth && near && !reducedMotion() ? 'smooth' : 'instant' });
    capture();
    return true;
  }

  function toOffset(key: string, offset: number): boolean {
    const element = rowElement(key);
    if (!element || !scroller.value) return false;
    scroller.value.scrollTop += element.getBoundingClientRect().top - viewTop() - offset;
    capture();
    return true;
  }

  let observer: ResizeObserver | undefined;
  onMounted(() => {
    observer = new ResizeObserver(restore);
    if (scroller.value) observer.observe(scroller.value);
    if (content.value) observer.observe(content.value);
  });
  onBeforeUnmount(() => observer?.disconnect());

  return {
    atBottom,
    capture,
    restore,
    toBottom,
    toRow,
    toOffset,
    rowElements,
    rowElement,
    place: (): { key: string; offset: number } | null => anchor,
    /** While the rows are being exchanged as a whole there is no place to keep. */
    pause: (value: boolean): void => void (paused = value),
  };
}

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
