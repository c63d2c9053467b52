import type { RocketChatEmbed } from '@besedka/contracts/rocketchat';
import { computed, onMounted, onScopeDispose, shallowRef } from 'vue';
import { rocketChatApi } from '../api';

const AGAIN_MS = 2_000;

/**
 * How Rocket.Chat is embedded for me. Asked again until my account there is ready (F12: I am in the channel before the frame opens) and
 * nobody else's session is left in this browser.
 */
export function useEmbed() {
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
    if (!over && waiting.value !== null) timer = setTimeout(() => void load(), AGAIN_MS);
  }

  onMounted(() => void load());
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return { embed, failure, loading, waiting, usable, load };
}
