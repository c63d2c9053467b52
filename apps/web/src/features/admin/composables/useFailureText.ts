import { useI18n } from 'vue-i18n';
import { errorText } from '../../../shared/api/errorText';
import { ApiError, type AnyErrorCode } from '../../../shared/api/errors';

/**
 * Words for a refused form; where an account stands in the way, the server names it and so do we (F29). `code` is another one than the
 * error's own where a second field was refused with it.
 */
export function useFailureText(): (error: ApiError, code?: AnyErrorCode) => string {
  const { t } = useI18n();
  return (error, code = error.code) => {
    const own = code === error.code;
    const text = errorText(own ? error : new ApiError(code));
    const username = own ? error.data['username'] : error.data['emailTakenBy'];
    // A taken user name is its own account's name.
    return typeof username === 'string' && code !== 'username_taken'
      ? `${text} ${t('admin.field.takenBy', { username })}`
      : text;
  };
}
