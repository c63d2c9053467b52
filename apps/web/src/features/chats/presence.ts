import type { Presence, PresenceState } from '@besedka/contracts/realtime';
import { PRESENCE_WATCH_MAX } from '@besedka/contracts/limits';
import type { RealtimeClient } from '../../shared/realtime/socket';

/** Changes of what is on screen come in bursts. */
const TELL_MS = 150;

/** Who is online, of the people on screen. Known only while connected: without a connection nobody is shown as online. */
export class PresenceBoard {
  private readonly known = new Map<string, Presence>();
  private readonly watched = new Map<string, readonly string[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly realtime: Pick<RealtimeClient, 'emitAck'>,
    private readonly changed: () => void,
  ) {}

  of(userId: string | undefined): Presence | undefined {
    return userId === undefined ? undefined : this.known.get(userId);
  }

  state(userId: string | undefined): PresenceState | null {
    return this.of(userId)?.state ?? null;
  }

  heard(presence: Presence): void {
    this.known.set(presence.userId, presence);
    this.changed();
  }

  /** A part of the page (`place`) shows these people now; an empty list when it closes. */
  watch(place: string, userIds: readonly string[]): void {
    if (userIds.join() === (this.watched.get(place) ?? []).join()) return;
    if (userIds.length > 0) this.watched.set(place, userIds);
    else this.watched.delete(place);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), TELL_MS);
  }

  /** Tells the server whom to report on; again after every reconnect. */
  tell(): void {
    clearTimeout(this.timer);
    // Later places are opened on purpose (a conversation, a panel): they come before the list's.
    const ids = [...new Set([...this.watched.values()].reverse().flat())].slice(0, PRESENCE_WATCH_MAX);
    this.realtime.emitAck('presence', { watch: ids }).then(
      ({ presences }) => {
        for (const presence of presences) this.known.set(presence.userId, presence);
        this.changed();
      },
      // Told again with the next snapshot.
      () => undefined,
    );
  }

  forget(): void {
    this.known.clear();
    this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
