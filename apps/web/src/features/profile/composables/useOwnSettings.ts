import type { Locale, Theme, UpdateMe } from '@besedka/contracts/users';
import { ApiError } from '../../../shared/api/errors';
import { useLocale, useTheme } from '../../../shared/preferences';
import { useSession } from '../../../shared/session';
import { useToasts } from '../../../shared/toasts';
import { inTurn } from '../logic/inTurn';

const run = inTurn();

export interface OwnSettings {
  setTheme: (theme: Theme) => Promise<void>;
  setLocale: (locale: Locale) => Promise<void>;
  setEnterSends: (on: boolean) => Promise<void>;
}

/** Settings apply at once and are stored with the account; when the server refuses, the former value comes back with the reason. */
export function useOwnSettings(): OwnSettings {
  const session = useSession();
  const toasts = useToasts();
  const theme = useTheme();
  const locale = useLocale();

  async function store(changes: UpdateMe): Promise<void> {
    try {
      await session.update(changes);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'version_conflict') throw error;
      // Changed on another device meanwhile: of a setting, the latest choice counts.
      await session.reload();
      await session.update(changes);
    }
  }

  async function apply(changes: UpdateMe, takeBack: () => unknown): Promise<void> {
    try {
      await run(() => store(changes));
    } catch (error) {
      await takeBack();
      toasts.fail(error);
    }
  }

  return {
    async setTheme(choice) {
      const before = theme.choice.value;
      theme.set(choice);
      await apply({ theme: choice }, () => theme.set(before));
      if (session.me?.theme === choice) theme.set(choice);
    },
    async setLocale(choice) {
      const before = locale.locale.value;
      await locale.set(choice);
      await apply({ locale: choice }, () => locale.set(before));
    },
    setEnterSends: (on) => apply({ enterSends: on }, () => undefined),
  };
}
