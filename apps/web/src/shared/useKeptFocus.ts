import { onBeforeUnmount, onMounted, type Ref } from 'vue';

/**
 * For a page that changes by itself: when the very thing that has the keyboard's focus goes away, the part of the page around it takes
 * over, so that nobody starts again at the top. In all other cases focus stays where it is.
 */
export function useKeptFocus(page: Readonly<Ref<HTMLElement | undefined>>): void {
  /** What has focus and everything around it, from the inside out. */
  let path: HTMLElement[] = [];

  const entered = ({ target }: FocusEvent): void => {
    path = [];
    for (let one = target as HTMLElement | null; one && one !== page.value; one = one.parentElement) path.push(one);
  };
  // Browsers say so before the element goes away as well: only afterwards it shows whether somebody left it.
  const left = ({ target }: FocusEvent): void =>
    void setTimeout(() => {
      if (path[0] === target && (target as HTMLElement).isConnected) path = [];
    });
  const observer = new MutationObserver(() => {
    if (path[0]?.isConnected !== false || document.activeElement !== document.body) return;
    const around = path.find((one) => one.isConnected);
    path = [];
    if (!around) return;
    if (!around.hasAttribute('tabindex')) around.tabIndex = -1;
    around.focus({ preventScroll: true });
  });

  onMounted(() => {
    const root = page.value;
    if (!root) return;
    root.addEventListener('focusin', entered);
    root.addEventListener('focusout', left);
    observer.observe(root, { childList: true, subtree: true });
  });
  onBeforeUnmount(() => observer.disconnect());
}
