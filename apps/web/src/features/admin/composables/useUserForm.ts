import { ref, type Ref } from 'vue';
import { errorText, fieldText } from '../../../shared/api/errorText';
import type { ApiError } from '../../../shared/api/errors';
import { refusalMessages, type FormMessage } from '../logic/formMessages';
import { useFailureText } from './useFailureText';
import { useRefusals } from './useRefusals';

/**
 * What the forms of a new and of an existing account do alike: nothing is called wrong before the person says to be ready, a refusal
 * stands beside the fields it is about (else above the buttons), and the first of them gets the focus.
 *
 * @param formId id of the form's element, whose fields carry `name`
 * @param valueOf what a field says now
 */
export function useUserForm(
  formId: string,
  form: Readonly<Ref<{ setErrors: (errors: FormMessage[]) => void } | null>>,
  valueOf: (name: string) => unknown,
) {
  const failureText = useFailureText();
  const refusals = useRefusals(valueOf);
  /** A message that appears on leaving a field would move what is being pressed. */
  const pressed = ref(false);
  const failure = ref('');
  const rule = (code: string): string => fieldText(code) ?? '';

  /** The main button, or Enter in a field, which the browser makes a press of it. */
  function begin(): void {
    pressed.value = true;
    refusals.clear();
  }

  /** The first wrong field in the order of the page. */
  function focusFirst(wrong: readonly { name?: string }[]): void {
    const names = new Set(wrong.map(({ name }) => name));
    const inputs = document.getElementById(formId)?.querySelectorAll<HTMLElement>('[name]') ?? [];
    [...inputs].find((input) => names.has(input.getAttribute('name') ?? ''))?.focus();
  }

  /** Tells what the server refused. @returns what stands beside fields */
  function refuse(error: ApiError): FormMessage[] {
    const beside = refusalMessages(error, { rule, code: (code) => failureText(error, code) });
    refusals.set(beside);
    form.value?.setErrors(beside);
    focusFirst(beside);
    failure.value = beside.length > 0 ? '' : errorText(error);
    return beside;
  }

  return { pressed, failure, rule, standing: refusals.standing, begin, focusFirst, refuse };
}
