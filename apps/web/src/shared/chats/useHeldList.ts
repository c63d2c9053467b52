import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { heldOrder, type Slot } from './held-order';

/**
 * Keeps a list still while a pointer is over it or focus is inside, and lets it catch up afterwards (order rule 5).
 *
 * @param wanted ids in their right order
 * @param held whether the list must not move now
 * @param removed ids that the person has removed themselves
 */
export function useHeldList(
  wanted: () => string[],
  held: Ref<boolean>,
  removed: ReadonlySet<string>,
): ShallowRef<Slot[]> {
  const shown = shallowRef<Slot[]>([]);
  watch([wanted, held], ([ids, isHeld]) => (shown.value = heldOrder(shown.value, ids, isHeld, removed)), {
    immediate: true,
  });
  return shown;
}

/** Listeners that tell whether a pointer or focus is inside an element. A finger counts only while it touches. */
export function useAttention() {
  const pointer = ref(false);
  const focus = ref(false);
  const on = {
    pointerenter: (event: PointerEvent) => (pointer.value = event.pointerType !== 'touch' || event.buttons > 0),
    pointermove: (event: PointerEvent) => {
      if (event.pointerType !== 'touch') pointer.value = true;
    },
    pointerdown: () => (pointer.value = true),
    pointerup: (event: PointerEvent) => (pointer.value = event.pointerType !== 'touch'),
    pointercancel: () => (pointer.value = false),
    pointerleave: () => (pointer.value = false),
    focusin: () => (focus.value = true),
    focusout: (event: FocusEvent) => {
      const next = event.relatedTarget;
      focus.value = next instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(next);
    },
  };
  return { pointer, focus, on };
}
