/** Touch has to rest this long to ask for the menu. */
const HOLD_MS = 500;
/** A finger that wanders further is scrolling. */
const SLOP_PX = 10;

export interface ContextPoint {
  x: number;
  y: number;
}

/**
 * One way to a context menu for all hands: right click, the context key, and a long press where the system has none (iOS). Gives the
 * listeners for the element that holds the targets; `ask` gets the place and the element that was meant.
 */
export function useContextPoint(ask: (point: ContextPoint, target: HTMLElement) => boolean) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: ContextPoint | null = null;
  /** This press has opened the menu already; its end means nothing more. */
  let answered = false;

  const cancel = (): void => clearTimeout(timer);

  function onContextmenu(event: MouseEvent): void {
    if (!(event.target instanceof HTMLElement || event.target instanceof SVGElement)) return;
    const target = event.target as HTMLElement;
    // Links in a text and selected words keep the browser's own menu.
    if (target.closest('a[rel]') || !(getSelection()?.isCollapsed ?? true)) return;
    cancel();
    const byKey = event.clientX === 0 && event.clientY === 0;
    if (answered && !byKey) return event.preventDefault();
    const box = target.getBoundingClientRect();
    const point = byKey
      ? { x: box.left + 24, y: box.top + Math.min(box.height, 40) }
      : { x: event.clientX, y: event.clientY };
    if (ask(point, target)) event.preventDefault();
  }

  function onPointerdown(event: PointerEvent): void {
    cancel();
    answered = false;
    if (event.pointerType !== 'touch' || !(event.target instanceof Element)) return;
    const target = event.target as HTMLElement;
    const at = { x: event.clientX, y: event.clientY };
    start = at;
    timer = setTimeout(() => {
      answered = ask(at, target);
    }, HOLD_MS);
  }

  function onPointermove(event: PointerEvent): void {
    if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP_PX) cancel();
  }

  /** The release of the long press must not also open what lies under it. */
  function onClickCapture(event: MouseEvent): void {
    // A click without a press comes from the keyboard.
    if (!answered || event.detail === 0) return;
    answered = false;
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    contextmenu: onContextmenu,
    pointerdown: onPointerdown,
    pointermove: onPointermove,
    pointerup: cancel,
    pointercancel: cancel,
    click: onClickCapture,
  };
}
