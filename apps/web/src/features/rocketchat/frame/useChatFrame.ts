import type { RocketChatEmbed } from '@besedka/contracts/rocketchat';
import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';
import { useSession } from '../../../shared/session';
import type { FrameFacts } from '../diagnosis';
import { type FrameEvent, readMessage } from './messages';
import { frameOwner } from './owner';
import { RoomSwitch, type RoomTarget } from './roomSwitch';
import { FrameSignIn, type SignInPhase } from './signIn';

/** What the page draws of the frame. */
export interface FrameView {
  phase: SignInPhase;
  shown: string | null;
  wanted: RoomTarget | null;
  slow: boolean;
  failed: boolean;
  /** The person may look: it is theirs, and a room that they want is on screen. */
  open: boolean;
}

export interface ChatFrame {
  view: Readonly<ShallowRef<FrameView>>;
  facts: () => Omit<FrameFacts, 'age'>;
  want: (room: RoomTarget, patience?: number) => void;
  giveUp: () => void;
  retryRoom: () => void;
  /** The browser has loaded something into the element. */
  loaded: () => void;
}

export interface ChatFrameOptions {
  embed: RocketChatEmbed;
  userId: string;
  /** Path inside Rocket.Chat that the frame begins with, and comes back to after a sign-in. */
  path: string;
  element: () => HTMLIFrameElement | null;
  /** A room is open; `asked` when the page wanted it, else it was opened inside the frame. */
  opened: (roomId: string, asked: boolean) => void;
  /** Numbers have changed in there. */
  counted: () => void;
  /** How often the browser has loaded something. */
  loads: () => number;
}

/** A sign-out is waited for so long; what is left over, the server ends. */
const SIGN_OUT_MS = 1_000;

/** Address of a page of Rocket.Chat in the embedded layout. */
export const frameAddress = (url: string, path: string): string => `${url}${path}?layout=embedded`;

/**
 * Talks with the frame. Only messages of that very window and of exactly the configured origin are believed; commands go to exactly that
 * origin. Nothing here ever touches the element: no timer, no reload (F01).
 */
export function useChatFrame(options: ChatFrameOptions): ChatFrame {
  const { embed, userId, path, element } = options;
  const session = useSession();
  let foreignOrigin: string | null = null;
  let leaving: ((kind: FrameEvent['kind']) => void) | null = null;
  /** The room that was wanted first has been on screen. */
  let settled = false;

  const send = (message: Record<string, unknown>): void => element()?.contentWindow?.postMessage(message, embed.origin);
  const later = (run: () => void, ms: number): (() => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const rooms = new RoomSwitch({
    send,
    later,
    changed: draw,
    opened(roomId, asked) {
      settled = true;
      draw();
      options.opened(roomId, asked);
    },
  });
  const signIn = new FrameSignIn({
    userId,
    mode: embed.mode,
    service: embed.service,
    redirectUrl: () => frameAddress(embed.url, path),
    send,
    owner: frameOwner,
    later,
    now: () => Date.now(),
    changed() {
      if (signIn.phase === 'ready') rooms.ready();
      else {
        settled = false;
        rooms.lost();
      }
      draw();
    },
  });
  const view = shallowRef<FrameView>(look());

  function look(): FrameView {
    const { shown, wanted, slow, failed } = rooms;
    return {
      phase: signIn.phase,
      shown,
      wanted,
      slow,
      failed,
      open: signIn.phase === 'ready' && settled && leaving === null,
    };
  }
  function draw(): void {
    view.value = look();
  }

  function hear({ source, origin, data }: MessageEvent<unknown>): void {
    if (source === null || source !== element()?.contentWindow) return;
    if (origin !== embed.origin) {
      foreignOrigin = origin;
      return;
    }
    const event = readMessage(data);
    if (event === null) return;
    if (leaving) return leaving(event.kind);
    signIn.hear(event);
    if (event.kind === 'alive' && signIn.phase === 'ready') options.counted();
    if (event.kind === 'room-opened') rooms.heard(event.roomId);
  }

  function loaded(): void {
    const page = embed.origin === location.origin ? null : element()?.contentDocument;
    // A page of another origin gives no document.
    if (page && page.URL !== 'about:blank') {
      const problem = page.querySelector<HTMLMetaElement>('meta[name="besedka-problem"]')?.content;
      signIn.hear({ kind: 'stranded', isLoop: problem === 'loop' });
    } else signIn.hear({ kind: 'loaded' });
  }

  /** Ends the chat session as long as the frame is there to be told; then nothing of it is left for whoever comes next, no draft either. */
  async function signOut(): Promise<() => void> {
    if (signIn.phase !== 'ready') return () => undefined;
    signIn.stop();
    rooms.stop();
    const ended = new Promise<boolean>((done) => {
      const missing = new Set<FrameEvent['kind']>(['signed-out', 'cleaned-up']);
      leaving = (kind) => {
        if (missing.delete(kind) && missing.size === 0) done(true);
      };
      setTimeout(() => done(false), SIGN_OUT_MS);
    });
    draw();
    send({ externalCommand: 'logout' });
    if (await ended) frameOwner.set('nobody');
    return () => {
      leaving = null;
      frameOwner.set({ userId });
      signIn.hear({ kind: 'signed-out' });
    };
  }

  let forget: () => void = () => undefined;
  onMounted(() => {
    addEventListener('message', hear);
    forget = session.onSigningOut(signOut);
  });
  onBeforeUnmount(() => {
    removeEventListener('message', hear);
    forget();
    signIn.stop();
    rooms.stop();
  });

  return {
    view,
    facts: () => ({
      loaded: options.loads() > 0,
      startups: signIn.startups,
      phase: signIn.phase,
      failure: signIn.failure,
      shown: rooms.shown !== null,
      roomFailed: rooms.failed,
      foreignOrigin,
    }),
    want: (room, patience) => rooms.want(room, patience),
    giveUp: () => rooms.giveUp(),
    retryRoom: () => rooms.retry(),
    loaded,
  };
}
