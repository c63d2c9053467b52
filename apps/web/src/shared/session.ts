import type { SessionEndReason } from '@besedka/contracts/realtime';
import type { Permission } from '@besedka/contracts/permissions';
import type { Me, UpdateMe } from '@besedka/contracts/users';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { http, onSessionEnded } from './api/client';
import { ApiError } from './api/errors';
import { useLocale, useTheme } from './preferences';
import { safeStorage } from './safeStorage';

/** Set while somebody is signed in here, so that a visitor's first page asks the server nothing it would refuse. */
const HINT_KEY = 'besedka.signedIn';

type TabMessage = { kind: 'signed-in'; userId: string } | { kind: 'signed-out' };

/**
 * Who is signed in. `me` is null for a visitor. Tabs tell each other: signing out in one signs out all, signing in as somebody
 * else reloads the others, so that nobody ever sees a page of the former account.
 */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null);
  /** Why the last session ended, for the notice on the sign-in page. */
  const endReason = ref<SessionEndReason | null>(null);
  const permissions = computed(() => new Set<Permission>(me.value?.permissions ?? []));
  const listeners = new Set<() => void>();
  const signingOut = new Set<() => Promise<() => void>>();
  const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('besedka.session') : null;
  let restoring: Promise<void> | undefined;
  /** What a visitor has set by hand on the way in: it goes with them, and is stored with their account. */
  let setBefore: Pick<UpdateMe, 'locale' | 'theme'> = {};

  const can = (permission: Permission): boolean => permissions.value.has(permission);

  async function take(value: Me): Promise<void> {
    me.value = value;
    endReason.value = null;
    safeStorage.set(HINT_KEY, '1');
    useTheme().set(value.theme);
    await useLocale().set(value.locale);
  }

  /** Finds out once, at the first navigation, whether there is a session. Rejects only when the server cannot be asked. */
  function restore(): Promise<void> {
    restoring ??= (async () => {
      if (me.value || safeStorage.get(HINT_KEY) === null) return;
      try {
        await take(await http.get<Me>('users/me'));
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          safeStorage.set(HINT_KEY, null);
          endReason.value = 'expired';
        } else {
          restoring = undefined;
          throw error;
        }
      }
    })();
    return restoring;
  }

  /** Fetches `me` again: after signing in, and when the server says that roles or profile changed. */
  async function reload(changes: typeof setBefore = {}): Promise<void> {
    const before = me.value?.id;
    const value = await http.get<Me>('users/me');
    await take({ ...value, ...changes });
    if (before !== value.id) tabs?.postMessage({ kind: 'signed-in', userId: value.id } satisfies TabMessage);
  }

  async function signIn(login: string, password: string): Promise<void> {
    await http.post('auth/login', { login, password }, { session: false });
    const changes = setBefore;
    setBefore = {};
    await reload(changes);
    // They are in: a language that could not be stored is no reason to say otherwise.
    if (Object.keys(changes).length > 0) await update(changes).catch(() => undefined);
  }

  /** A visitor chooses language or theme, which the account that they sign in to shall have too. */
  function setForVisitor(changes: typeof setBefore): void {
    if (me.value === null) setBefore = { ...setBefore, ...changes };
  }

  async function signOut(): Promise<void> {
    const undo = await Promise.all([...signingOut].map((task) => task()));
    try {
      await http.post('auth/logout', {});
    } catch (error) {
      // No session any more: that is what was wanted.
      if (!(error instanceof ApiError && error.status === 401)) {
        for (const takeBack of undo) takeBack();
        throw error;
      }
    }
    end('signed_out');
    tabs?.postMessage({ kind: 'signed-out' } satisfies TabMessage);
  }

  /** Forgets the session in this tab; the app then shows the sign-in page with the reason. */
  function end(reason: SessionEndReason): void {
    if (!me.value) return;
    me.value = null;
    endReason.value = reason;
    safeStorage.set(HINT_KEY, null);
    for (const listener of listeners) listener();
  }

  /** Called after the session has ended, however it did. */
  function onEnded(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /**
   * What has to happen while the session still stands when the person signs out. The task gives what takes it back, in case they stay
   * signed in after all; it must not take long.
   */
  function onSigningOut(task: () => Promise<() => void>): () => void {
    signingOut.add(task);
    return () => signingOut.delete(task);
  }

  /** Changes own profile or settings; shown at once, taken back when the server refuses. */
  async function update(changes: UpdateMe): Promise<void> {
    const before = me.value;
    if (!before) return;
    me.value = { ...before, ...changes };
    try {
      me.value = await http.patch<Me>('users/me', changes, { version: before.version });
    } catch (error) {
      me.value = before;
      throw error;
    }
  }

  onSessionEnded(() => end('expired'));
  tabs?.addEventListener('message', (event: MessageEvent<TabMessage>) => {
    if (event.data.kind === 'signed-out') end('signed_out');
    else if (me.value?.id !== event.data.userId) location.reload();
  });

  return { me, endReason, can, restore, reload, signIn, signOut, end, onEnded, onSigningOut, update, setForVisitor };
});
