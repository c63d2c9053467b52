/**
 * Where focus goes in a menu of `count` items for a key: arrows wrap, Home and End go to the edges; null for other keys.
 * `current` is -1 when nothing has focus yet.
 */
export function nextMenuIndex(key: string, current: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (current + 1) % count;
  if (key === 'ArrowUp') return current <= 0 ? count - 1 : current - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}

export interface Point {
  x: number;
  y: number;
}

/** Top-left corner for a floating box of this size at the anchor, kept inside the view with a margin of 8 px. */
export function placeFloating(
  anchor: { left: number; right: number; top: number; bottom: number },
  size: { width: number; height: number },
  view: { width: number; height: number },
  align: 'start' | 'end',
): Point {
  const margin = 8;
  const below = anchor.bottom + 4;
  const above = anchor.top - 4 - size.height;
  const fitsBelow = below + size.height + margin <= view.height;
  const y = fitsBelow || above < margin ? Math.min(below, view.height - size.height - margin) : above;
  const x = align === 'start' ? anchor.left : anchor.right - size.width;
  return {
    x: Math.max(margin, Math.min(x, view.width - size.width - margin)),
    y: Math.max(margin, y),
  };
}
