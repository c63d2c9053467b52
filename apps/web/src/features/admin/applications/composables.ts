import { nextTick, onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { onBeforeRouteLeave } from 'vue-router';
import { errorText } from '../../../shared/api/errorText';
import type { ApiError } from '../../../shared/api/errors';
import { confirmAction } from '../../../shared/confirm';
import { useSession } from '../../../shared/session';
import {
  problemsOf,
  serverProblems,
  type ApplicationFields,
  type ClientKind,
  type Problems,
} from './logic/applicationForm';

/** Asks before changes are lost, by a link as well as by closing the window. */
export function useUnsavedGuard(dirty: () => boolean): void {
  const { t } = useI18n();
  const session = useSession();
  const warn = (event: BeforeUnloadEvent): void => {
    if (dirty()) event.preventDefault();
  };
  onMounted(() => addEventListener('beforeunload', warn));
  onBeforeUnmount(() => removeEventListener('beforeunload', warn));
  onBeforeRouteLeave(() => {
    // Whoever is signed out already has nothing left to save.
    if (!session.me || !dirty()) return true;
    return confirmAction({
      title: t('applications.unsaved.title'),
      text: t('applications.unsaved.text'),
      confirm: t('applications.unsaved.leave'),
    });
  });
}

export interface FormProblems {
  /** Broken rules by place; empty until the person says to be ready. */
  problems: Readonly<Ref<Problems>>;
  /** What is wrong with the whole form. */
  failure: Ref<string>;
  /** Checks by the server's schemas; focus goes to the first field that is wrong. */
  check: (kind: ClientKind, fields: ApplicationFields) => boolean;
  /** Checks again what has been complained about, so that a message goes when its reason does. */
  recheck: (kind: ClientKind, fields: ApplicationFields) => void;
  refused: (error: ApiError, fields: ApplicationFields) => void;
  clear: () => void;
}

/** What is wrong in a form, told beside the fields of the element `root`. */
export function useFormProblems(root: Readonly<Ref<HTMLElement | null | undefined>>): FormProblems {
  const problems = shallowRef<Problems>(new Map());
  const failure = ref('');
  let pressed = false;

  async function focusFirst(): Promise<void> {
    await nextTick();
    const named = [...(root.value?.querySelectorAll<HTMLElement>('[name]') ?? [])];
    const places = [...problems.value.keys()];
    named
      .find((field) => {
        const name = field.getAttribute('name') ?? '';
        return places.some((place) => place === name || `${place}.0` === name);
      })
      ?.focus();
  }

  return {
    problems,
    failure,
    check(kind, fields) {
      pressed = true;
      failure.value = '';
      problems.value = problemsOf(kind, fields);
      if (problems.value.size > 0) void focusFirst();
      return problems.value.size === 0;
    },
    recheck(kind, fields) {
      if (pressed) problems.value = problemsOf(kind, fields);
    },
    refused(error, fields) {
      problems.value = serverProblems(fields, error.fields);
      failure.value = error.fields.length > 0 ? '' : errorText(error);
      void focusFirst();
    },
    clear() {
      pressed = false;
      failure.value = '';
      problems.value = new Map();
    },
  };
}
