import { computed, shallowRef, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { clockTime, dayTitle, fullDateTime, relativeDateTime, shortDate, waitText } from './dates';

/** Ticks once a minute for all texts on the page, so that "today" becomes "yesterday" by itself. */
const now = shallowRef(new Date());
setInterval(() => (now.value = new Date()), 60_000);

type When = string | Date;

export interface Dates {
  now: ComputedRef<Date>;
  time: (at: When) => string;
  relative: (at: When) => string;
  short: (at: When) => string;
  day: (at: When) => string;
  full: (at: When) => string;
  wait: (seconds: number) => string;
}

/** Date texts in the current language; reactive to language and time. `at` is ISO 8601 or a Date. */
export function useDates(): Dates {
  const { t, locale } = useI18n();
  const date = (at: When): Date => (typeof at === 'string' ? new Date(at) : at);
  const current = computed(() => now.value);
  return {
    now: current,
    time: (at) => clockTime(date(at), locale.value),
    relative: (at) =>
      relativeDateTime(date(at), now.value, {
        locale: locale.value,
        today: (time) => t('common.date.todayAt', { time }),
        yesterday: (time) => t('common.date.yesterdayAt', { time }),
      }),
    short: (at) => shortDate(date(at), now.value, locale.value),
    day: (at) =>
      dayTitle(date(at), now.value, locale.value, {
        today: t('common.date.today'),
        yesterday: t('common.date.yesterday'),
      }),
    full: (at) => fullDateTime(date(at), locale.value),
    wait: (seconds) => waitText(seconds, locale.value),
  };
}
