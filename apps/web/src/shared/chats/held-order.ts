/** A place in a list that holds still: its item may have gone meanwhile, the place stays until the list may move. */
export interface Slot {
  id: string;
  gone: boolean;
}

/**
 * What the list shows now. While it is held (a pointer over it or focus inside), everything stays where it is: items that go leave
 * their place empty, new ones come to the end; as soon as it is let go it takes the wanted order. What the person has removed
 * themselves leaves at once: that move they have asked for.
 *
 * @param shown what is on screen, empty at first
 * @param wanted ids in their right order
 * @param removed ids that the person has removed
 */
export function heldOrder(
  shown: readonly Slot[],
  wanted: readonly string[],
  held: boolean,
  removed: ReadonlySet<string> = new Set(),
): Slot[] {
  if (!held || shown.length === 0) return wanted.map((id) => ({ id, gone: false }));
  const exists = new Set(wanted);
  const placed = new Set(shown.map((slot) => slot.id));
  return [
    ...shown.flatMap(({ id }) => (removed.has(id) && !exists.has(id) ? [] : [{ id, gone: !exists.has(id) }])),
    ...wanted.filter((id) => !placed.has(id)).map((id) => ({ id, gone: false })),
  ];
}
