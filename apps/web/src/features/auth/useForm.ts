import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue';
import { toApiError, type ApiError } from '../../shared/api/errors';
import { errorText, fieldText } from '../../shared/api/errorText';
import { i18n } from '../../shared/i18n';

export interface Form {
  busy: Readonly<Ref<boolean>>;
  error: Readonly<Ref<ApiError | null>>;
  /** The failure in words, unless every broken field says its own. */
  text: ComputedRef<string>;
  field: (path: string) => string | undefined;
  /** Runs the task once at a time; resolves to whether it succeeded. */
  submit: (task: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

/** State of a small form: busy, failure, messages beside fields. Texts follow a change of language. */
export function useForm(knownFields: readonly string[]): Form {
  const busy = ref(false);
  const error = shallowRef<ApiError | null>(null);
  const text = computed(() => {
    if (!i18n.global.locale.value || !error.value) return '';
    const { fields } = error.value;
    const allBesideFields = fields.length > 0 && fields.every(({ path }) => knownFields.includes(path));
    return allBesideFields ? '' : errorText(error.value);
  });
  return {
    busy,
    error,
    text,
    field: (path) => fieldText(error.value?.fields.find((field) => field.path === path)?.code),
    async submit(task) {
      if (busy.value) return false;
      busy.value = true;
      error.value = null;
      try {
        await task();
        return true;
      } catch (failure) {
        error.value = toApiError(failure);
        return false;
      } finally {
        busy.value = false;
      }
    },
    clear: () => (error.value = null),
  };
}
