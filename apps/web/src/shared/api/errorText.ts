import { i18n } from '../i18n';
import { waitText } from '../i18n/dates';
import { toApiError } from './errors';

/** What to tell the person about a failure, in the current language; says how long to wait and names the request when unknown. */
export function errorText(error: unknown): string {
  const { t, te, locale } = i18n.global;
  const { code, retryAfter, requestId, data } = toApiError(error);
  const wait = retryAfter === undefined ? t('errors.aMoment') : waitText(retryAfter, locale.value);
  const key = te(`errors.codes.${code}`) ? `errors.codes.${code}` : 'errors.codes.unexpected';
  const text = t(key, { ...data, wait });
  return code === 'internal' && requestId ? `${text} ${t('errors.requestId', { id: requestId })}` : text;
}

/** The text beside a field for the code of the rule that was broken. */
export function fieldText(code: string | undefined, named: Record<string, unknown> = {}): string | undefined {
  if (!code) return undefined;
  const key = `errors.fields.${code}`;
  return i18n.global.te(key) ? i18n.global.t(key, named) : i18n.global.t('errors.fields.invalid');
}
