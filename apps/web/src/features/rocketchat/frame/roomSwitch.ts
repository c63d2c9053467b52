/** A room to open: its id in Rocket.Chat, and the path that leads there. */
export interface RoomTarget {
  id: string;
  path: string;
}

export interface RoomSwitchOptions {
  send: (message: Record<string, unknown>) => void;
  /** A room has come up in the frame; `asked` when it is the one that was wanted. */
  opened: (roomId: string, asked: boolean) => void;
  changed: () => void;
  /** Runs something later; returns what calls it off. */
  later: (run: () => void, ms: number) => () => void;
}

/** Progress is shown from here on. */
export const PROGRESS_MS = 300;
/** Without an answer by then the switch has failed. */
export const ANSWER_MS = 5_000;
/** Just signed in, Rocket.Chat opens a room by itself: asked meanwhile, it would open two. */
const LANDING_MS = 2_000;

/**
 * Which room the frame shows, and the one that it shall show. Switching is one message (F21): the room that is there stays until the
 * other one is reported open. A room that was opened inside the frame is followed, never fought.
 */
export class RoomSwitch {
  /** The room that the frame shows. */
  shown: string | null = null;
  wanted: RoomTarget | null = null;
  /** The answer takes so long that people want to see that something is happening. */
  slow = false;
  failed = false;
  private usable = false;
  private asked = false;
  private readonly timers = new Set<() => void>();

  constructor(private readonly options: RoomSwitchOptions) {}

  /** The person is signed in; Rocket.Chat is about to open some room. */
  ready(): void {
    if (this.usable) return;
    this.usable = true;
    this.asked = false;
    this.expect(LANDING_MS);
  }

  /** The frame shows no room any more: signed out, or loaded anew. */
  lost(): void {
    this.usable = false;
    this.shown = null;
    this.settle();
  }

  /**
   * Opens a room, now or as soon as that is possible.
   *
   * @param patience milliseconds in which the frame may come there by itself
   */
  want(room: RoomTarget, patience = 0): void {
    if (this.usable && this.shown === room.id) {
      this.wanted = null;
      this.settle();
      this.options.opened(room.id, true);
      return;
    }
    this.wanted = room;
    this.asked = false;
    this.failed = false;
    if (this.usable) this.expect(patience);
    else this.options.changed();
  }

  /** The person stays where they are. */
  giveUp(): void {
    this.wanted = null;
    this.settle();
  }

  retry(): void {
    if (this.wanted) this.want(this.wanted);
    else this.expect(0);
  }

  /** `room-opened` arrived. */
  heard(roomId: string): void {
    if (!this.usable) return;
    this.shown = roomId;
    const { wanted } = this;
    if (wanted !== null && wanted.id !== roomId) {
      // The room that Rocket.Chat begins with, or one that was under way: ours is asked for, once.
      if (!this.asked) this.ask();
      else this.options.changed();
      return;
    }
    this.wanted = null;
    this.settle();
    this.options.opened(roomId, wanted !== null);
  }

  stop(): void {
    for (const cancel of this.timers) cancel();
    this.timers.clear();
  }

  /** Waits for a room: asks after `patience`, shows progress, gives up in the end. */
  private expect(patience: number): void {
    this.stop();
    this.slow = false;
    this.failed = false;
    if (patience === 0) this.ask();
    else this.after(patience, () => this.ask());
    this.after(PROGRESS_MS, () => (this.slow = true));
    this.after(ANSWER_MS, () => {
      this.slow = false;
      this.failed = this.wanted !== null || this.shown === null;
    });
    this.options.changed();
  }

  private ask(): void {
    if (this.wanted === null || this.asked) return;
    this.asked = true;
    // The layout is said each time: some versions lose it on the way (#21321, #22040).
    this.options.send({ externalCommand: 'go', path: `${this.wanted.path}?layout=embedded` });
  }

  private settle(): void {
    this.stop();
    this.slow = false;
    this.failed = false;
    this.options.changed();
  }

  private after(ms: number, run: () => void): void {
    this.timers.add(
      this.options.later(() => {
        run();
        this.options.changed();
      }, ms),
    );
  }
}
