import { watch } from 'vue';
import { http } from '../api/client';
import { translate } from '../i18n';
import { useSession } from '../session';
import { useToasts } from '../toasts';
import { keepActivity } from './activity';
import { createRealtimeClient, type RealtimeClient } from './socket';

let client: RealtimeClient | undefined;

/**
 * The one connection of this tab, made at first use and open while somebody is signed in. Only features that talk live load
 * this file, so the sign-in pages do not pay for it.
 */
export function useRealtime(): RealtimeClient {
  if (client) return client;
  const session = useSession();
  const made = createRealtimeClient({
    refreshSession: () => http.refreshSession(),
    onSessionEnded: (reason) => session.end(reason),
  });
  client = made;
  made.on('me:changed', () => void session.reload().catch(() => undefined));
  offerUpdates(made);
  keepActivity((active) => {
    if (made.state.value === 'online') made.emitAck('presence', { active }).catch(() => undefined);
  });
  watch(
    () => session.me?.id,
    (id) => {
      made.stop();
      if (id) made.start();
    },
    { immediate: true },
  );
  return made;
}

/** The server was updated under an open page: its next version may speak differently, so a reload is offered (F22). */
function offerUpdates(realtime: RealtimeClient): void {
  let loadedWith: string | undefined;
  realtime.on('snapshot', ({ commit }) => {
    loadedWith ??= commit;
    if (commit === loadedWith) return;
    loadedWith = commit;
    const action = { label: translate('common.update.action'), run: () => location.reload() };
    useToasts().info(translate('common.update.text'), { action, timeout: 60_000 });
  });
}
