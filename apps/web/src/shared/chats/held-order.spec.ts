import { heldOrder } from './held-order';

const ids = (slots: ReturnType<typeof heldOrder>): string =>
  slots.map((slot) => (slot.gone ? `(${slot.id})` : slot.id)).join(' ');

describe('held order', () => {
  it('takes the wanted order while nobody points at it', () => {
    expect(ids(heldOrder(heldOrder([], ['a', 'b', 'c'], false), ['c', 'a', 'b'], false))).toBe('c a b');
  });

  it('holds still under a pointer and catches up afterwards', () => {
    let shown = heldOrder([], ['a', 'b', 'c'], true);
    expect(ids(shown)).toBe('a b c');
    shown = heldOrder(shown, ['c', 'a', 'b'], true);
    expect(ids(shown)).toBe('a b c');
    shown = heldOrder(shown, ['c', 'a', 'b'], false);
    expect(ids(shown)).toBe('c a b');
  });

  it('what the person removes leaves at once', () => {
    const shown = heldOrder([], ['a', 'b', 'c'], false);
    expect(ids(heldOrder(shown, ['c', 'a'], true, new Set(['b'])))).toBe('a c');
  });

  it('what goes leaves its place empty, what comes stands at the end', () => {
    let shown = heldOrder([], ['a', 'b', 'c'], false);
    shown = heldOrder(shown, ['n', 'a', 'c'], true);
    expect(ids(shown)).toBe('a (b) c n');
    shown = heldOrder(shown, ['b', 'n', 'a', 'c'], true);
    expect(ids(shown)).toBe('a b c n');
    expect(ids(heldOrder(shown, ['n', 'a', 'c'], false))).toBe('n a c');
  });
});
