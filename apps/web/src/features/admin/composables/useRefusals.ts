import { shallowRef } from 'vue';
import type { FormMessage } from '../logic/formMessages';

export interface Refusals {
  set: (messages: readonly FormMessage[]) => void;
  /** Those whose fields still say what was refused. */
  standing: () => FormMessage[];
  clear: () => void;
}

/**
 * What the server refused stays beside its field until the field says something else. Without it the form's own check, which runs a
 * moment after typing and finds nothing wrong, would wipe the server's word away.
 */
export function useRefusals(valueOf: (name: string) => unknown): Refusals {
  const refused = shallowRef<readonly (FormMessage & { value: string })[]>([]);
  const written = (name: string): string => JSON.stringify(valueOf(name)) ?? '';
  return {
    set: (messages) => (refused.value = messages.map((message) => ({ ...message, value: written(message.name) }))),
    standing: () =>
      refused.value
        .filter(({ name, value }) => written(name) === value)
        .map(({ name, message }) => ({ name, message })),
    clear: () => (refused.value = []),
  };
}
