import { ref } from 'vue';

const polite = ref('');
const assertive = ref('');

/** Nobody who reads the page later shall find what was true then. */
const FORGET_MS = 10_000;

/** Speaks to screen readers through the two live regions of the app. An equal text is spoken again. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  const region = urgency === 'polite' ? polite : assertive;
  // A no-break space makes an equal text a change, which is what the reader listens for.
  const said = region.value === text ? `${text}\u00A0` : text;
  region.value = said;
  setTimeout(() => {
    if (region.value === said) region.value = '';
  }, FORGET_MS);
}

export const useAnnouncements = (): { polite: typeof polite; assertive: typeof assertive } => ({ polite, assertive });
