import { useI18n } from 'vue-i18n';
import { errorText } from '../../../shared/api/errorText';
import type { ApiError } from '../../../shared/api/errors';

/** Words for a refused form; where an account stands in the way, the server names it and so do we (F29). */
export function useFailureText(): (error: ApiError) => string {
  const { t } = useI18n();
  return (error) => {
    const { username } = error.data;
    const text = errorText(error);
    // A taken user name is its own account's name.
    return typeof username === 'string' && error.code !== 'username_taken'
      ? `${text} ${t('admin.field.takenBy', { username })}`
      : text;
  };
}
