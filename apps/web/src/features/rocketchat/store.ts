import type { RocketChatRoom, UnreadSource } from '@besedka/contracts/rocketchat';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { useUnreadTotal } from '../../shared/pageTitle';
import { useRealtime } from '../../shared/realtime';
import { useSession } from '../../shared/session';
import { rocketChatApi } from './api';
import { dropRoom, roomAt, sorted, takeAll, takeNumbers, takeRoom, totalUnread, type Rooms } from './logic/rooms';

/** Several changes at once are one; the server counts at most one a second. */
const WAKE_AFTER_MS = 300;
const WAKE_EVERY_MS = 1_200;

/**
 * My rooms of Rocket.Chat as the server tells them: all of them after every connect, then each change. The total on rail, title and
 * icon follows them on every page. Signing out or in as somebody else starts from nothing.
 */
export const useRooms = defineStore('rocketchat-rooms', () => {
  const session = useSession();
  const realtime = useRealtime();
  const rooms = shallowRef<Rooms>(new Map());
  const source = ref<UnreadSource | null>(null);
  const failure = shallowRef<unknown>(null);
  const ready = computed(() => source.value !== null);
  const list = computed(() => sorted(rooms.value));
  const room = (id: string | null): RocketChatRoom | undefined => (id === null ? undefined : rooms.value.get(id));

  realtime.on('rocketchat:rooms', (all) => {
    rooms.value = takeAll(all);
    source.value = all.source;
    failure.value = null;
  });
  realtime.on('rocketchat:room', ({ room: told }) => (rooms.value = takeRoom(rooms.value, told)));
  realtime.on('rocketchat:room-gone', ({ roomId }) => (rooms.value = dropRoom(rooms.value, roomId)));
  realtime.on('unread', (told) => {
    if ('engine' in told) rooms.value = takeNumbers(rooms.value, told);
  });

  /** Asks for the rooms; what the socket has told meanwhile is newer. */
  async function load(): Promise<void> {
    const userId = session.me?.id;
    failure.value = null;
    try {
      const all = await rocketChatApi.rooms();
      if (session.me?.id !== userId || ready.value) return;
      rooms.value = takeAll(all);
      source.value = all.source;
    } catch (error) {
      if (!ready.value) failure.value = error;
    }
  }

  let wokenAt = 0;
  let waking: ReturnType<typeof setTimeout> | undefined;
  /** Numbers have changed in the frame: the server is told to look, if it does not hear of it by itself. */
  function wake(): void {
    if (source.value !== 'rest' || waking !== undefined) return;
    const wait = Math.max(WAKE_AFTER_MS, wokenAt + WAKE_EVERY_MS - Date.now());
    waking = setTimeout(() => {
      waking = undefined;
      wokenAt = Date.now();
      // A missed one is made good by the server's own looking.
      rocketChatApi.wake().catch(() => undefined);
    }, wait);
  }

  watch(
    () => session.me?.id,
    (id) => {
      rooms.value = new Map();
      source.value = null;
      failure.value = null;
      if (id) void load();
    },
    { immediate: true, flush: 'sync' },
  );
  watch(rooms, (all) => (useUnreadTotal().value = totalUnread(all)), { immediate: true, flush: 'sync' });

  return {
    list,
    source,
    ready,
    failure,
    load,
    wake,
    room,
    at: (address: string): RocketChatRoom | undefined => roomAt(rooms.value, address),
    connection: realtime.state,
  };
});
