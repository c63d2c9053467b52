import { onScopeDispose, ref, type Ref } from 'vue';
import { useForm, type Form } from '../auth/useForm';

export interface Leaving {
  form: Form;
  /** Where the browser is on its way to; null while the question stands. */
  target: Readonly<Ref<string | null>>;
  /** Asks the server, then goes where it says: to an application, or on with its request. */
  leave: (decide: () => Promise<{ location: string }>) => Promise<void>;
}

/** A decision after which the browser leaves the page, once; a page that comes back from the browser's memory asks anew. */
export function useLeaving(): Leaving {
  const form = useForm([]);
  const target = ref<string | null>(null);
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) location.reload();
  };
  addEventListener('pageshow', onShow);
  onScopeDispose(() => removeEventListener('pageshow', onShow));
  return {
    form,
    target,
    async leave(decide) {
      if (target.value !== null) return;
      await form.submit(async () => {
        target.value = (await decide()).location;
        location.assign(target.value);
      });
    },
  };
}
