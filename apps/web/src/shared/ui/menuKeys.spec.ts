import { describe, expect, it } from '@jest/globals';
import { nextMenuIndex, placeFloating } from './menuKeys';

describe('menu keys', () => {
  it('wrap around and jump to the edges', () => {
    expect(nextMenuIndex('ArrowDown', -1, 3)).toBe(0);
    expect(nextMenuIndex('ArrowDown', 2, 3)).toBe(0);
    expect(nextMenuIndex('ArrowUp', 0, 3)).toBe(2);
    expect(nextMenuIndex('ArrowUp', -1, 3)).toBe(2);
    expect(nextMenuIndex('Home', 2, 3)).toBe(0);
    expect(nextMenuIndex('End', 0, 3)).toBe(2);
  });

  it('leave other keys and empty menus alone', () => {
    expect(nextMenuIndex('a', 0, 3)).toBeNull();
    expect(nextMenuIndex('ArrowDown', -1, 0)).toBeNull();
  });
});

describe('floating boxes', () => {
  const view = { width: 360, height: 640 };
  const size = { width: 200, height: 180 };

  it('open below and towards the chosen edge', () => {
    expect(placeFloating({ left: 40, right: 80, top: 100, bottom: 140 }, size, view, 'start')).toEqual({
      x: 40,
      y: 144,
    });
    expect(placeFloating({ left: 300, right: 340, top: 100, bottom: 140 }, size, view, 'end')).toEqual({
      x: 140,
      y: 144,
    });
  });

  it('flip above at the lower edge and never leave the view', () => {
    expect(placeFloating({ left: 300, right: 344, top: 590, bottom: 630 }, size, view, 'start')).toEqual({
      x: 152,
      y: 406,
    });
    const huge = placeFloating(
      { left: 0, right: 0, top: 300, bottom: 300 },
      { width: 500, height: 900 },
      view,
      'start',
    );
    expect(huge).toEqual({ x: 8, y: 8 });
  });
});
