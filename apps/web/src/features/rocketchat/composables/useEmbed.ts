import type { RocketChatEmbed } from '@besedka/contracts/rocketchat';
import { computed, onMounted, onScopeDispose, shallowRef } from 'vue';
import { rocketChatApi } from '../api';

/** Until the server has made ready what the frame needs: soon. */
const AGAIN_MS = 2_000;
/** What only an admin, or a server that is back, can change. */
const LATER_MS = 5_000;

/**
 * How Rocket.Chat is embedded for me. Asked again until my account there is ready (F12: I am in the channel before the frame opens) and
 * nobody else's session is left in this browser; also while somebody has to decide about my account, or the server does not answer.
 *
 * @param asks false: this portal talks without Rocket.Chat, so there is nothing to ask
 */
export function useEmbed(asks: () => boolean = () => true) {
  const embed = shallowRef<RocketChatEmbed | null>(null);
  const failure = shallowRef<unknown>(null);
  const loading = shallowRef(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  /** Why the frame has to wait. */
  const waiting = computed<'account' | 'browser' | null>(() => {
    if (embed.value === null) return null;
    if (embed.value.account === 'waiting') return 'account';
    return embed.value.clean ? null : 'browser';
  });
  const usable = computed(() => embed.value !== null && embed.value.account === 'ready' && embed.value.clean);

  async function load(): Promise<void> {
    clearTimeout(timer);
    if (!asks()) return;
    loading.value = true;
    try {
      embed.value = await rocketChatApi.embed();
      failure.value = null;
    } catch (error) {
      // What was known goes on; the frame does not depend on us any more.
      if (embed.value === null) failure.value = error;
    } finally {
      loading.value = false;
    }
    if (!over && !usable.value) timer = setTimeout(() => void load(), waiting.value === null ? LATER_MS : AGAIN_MS);
  }

  onMounted(() => void load());
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return { embed, failure, loading, waiting, usable, load };
}
