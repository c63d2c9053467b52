import type { User } from '@besedka/contracts/users';
import { useI18n } from 'vue-i18n';
import { ApiError } from '../../../shared/api/errors';
import { confirmAction } from '../../../shared/confirm';
import { useToasts } from '../../../shared/toasts';
import { deleteUser, endUserSessions, fetchUser, inviteUser, liftSignInDelay, patchUser } from '../api/usersApi';

export interface UserCommands {
  invite: (user: User) => Promise<void>;
  enable: (user: User) => Promise<void>;
  disable: (user: User) => Promise<void>;
  liftDelay: (user: User) => Promise<void>;
  /** Resolves to whether the sessions were ended. */
  endSessions: (user: User) => Promise<boolean>;
  remove: (user: User) => Promise<void>;
}

export interface CommandEffects {
  changed: (user: User) => void;
  removed: (id: string) => void;
}

/** What a row's menu does at once: asks where it hurts, does it, tells the result, and refreshes the row. */
export function useUserCommands(effects: CommandEffects): UserCommands {
  const { t } = useI18n();
  const toasts = useToasts();

  async function run(task: () => Promise<string>): Promise<boolean> {
    try {
      toasts.success(await task());
      return true;
    } catch (failure) {
      toasts.fail(failure);
      return false;
    }
  }

  /** Rows may be older than the server; a status switch means the same whatever else was edited, so it is asked again once. */
  async function onNewest<T>(user: User, change: (version: number) => Promise<T>): Promise<T> {
    try {
      return await change(user.version);
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.code !== 'version_conflict') throw failure;
      const newest = await fetchUser(user.id);
      effects.changed(newest);
      return change(newest.version);
    }
  }

  async function setStatus(user: User, status: 'active' | 'disabled'): Promise<string> {
    effects.changed(await onNewest(user, (version) => patchUser(user.id, version, { status })));
    return t(status === 'active' ? 'admin.done.enabled' : 'admin.done.disabled', { name: user.fullName });
  }

  const ask = (user: User, what: 'disable' | 'delete' | 'endSessions', confirm: string): Promise<boolean> =>
    confirmAction({
      title: t(`admin.ask.${what}Title`, { name: user.fullName }),
      text: t(`admin.ask.${what}Text`),
      confirm,
      danger: true,
    });

  return {
    async invite(user) {
      await run(async () => {
        const { mailed } = await inviteUser(user.id);
        return t(mailed ? 'admin.done.invited' : 'admin.done.invitedToFile', { name: user.fullName });
      });
    },
    async enable(user) {
      await run(() => setStatus(user, 'active'));
    },
    async disable(user) {
      if (!(await ask(user, 'disable', t('admin.action.disable')))) return;
      await run(() => setStatus(user, 'disabled'));
    },
    async liftDelay(user) {
      await run(async () => {
        await liftSignInDelay(user.id);
        effects.changed({ ...user, signInDelayedUntil: null });
        return t('admin.done.delayLifted', { name: user.fullName });
      });
    },
    async endSessions(user) {
      if (!(await ask(user, 'endSessions', t('admin.ask.endSessions')))) return false;
      return run(async () => {
        await endUserSessions(user.id);
        return t('admin.done.sessionsEnded', { name: user.fullName });
      });
    },
    async remove(user) {
      if (!(await ask(user, 'delete', t('admin.action.delete')))) return;
      await run(async () => {
        await onNewest(user, (version) => deleteUser(user.id, version));
        effects.removed(user.id);
        return t('admin.done.deleted', { name: user.fullName });
      });
    },
  };
}
