import { ref } from 'vue';

const polite = ref('');
const assertive = ref('');

/** Speaks to screen readers through the two live regions of the app. An equal text is spoken again. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  const region = urgency === 'polite' ? polite : assertive;
  // A no-break space makes an equal text a change, which is what the reader listens for.
  region.value = region.value === text ? `${text}\u00A0` : text;
}

export const useAnnouncements = (): { polite: typeof polite; assertive: typeof assertive } => ({ polite, assertive });
