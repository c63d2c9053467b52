import type { RocketChatRunSummary } from '@besedka/contracts/rocketchat-runs';
import { useI18n } from 'vue-i18n';
import { useDates } from '../../../../shared/i18n/useDates';

/** Who or what began a run, and when: a person by name, the command line, or the portal by itself. */
export function useRunWho(): (run: Pick<RocketChatRunSummary, 'origin' | 'startedBy' | 'startedAt'>) => string {
  const { t } = useI18n();
  const dates = useDates();
  return ({ origin, startedBy, startedAt }) =>
    t(`integration.run.by.${origin}`, { name: startedBy ?? '', when: dates.relative(startedAt) });
}
