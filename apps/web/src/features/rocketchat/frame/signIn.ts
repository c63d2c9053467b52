import type { RocketChatSignInMode } from '@besedka/contracts/rocketchat';
import type { FrameEvent, SignInFailure } from './messages';
import type { FrameOwner } from './owner';

/**
 * Where the sign-in stands. Only in `ready` may anybody look at the frame: before, it may still show another person's chat.
 * `clearing`: a session that may be somebody else's is being ended.
 */
export type SignInPhase = 'loading' | 'clearing' | 'signing-in' | 'ready' | 'failed';

export interface SignInOptions {
  userId: string;
  mode: RocketChatSignInMode;
  /** Name of our OAuth provider there. */
  service: string;
  /** Where the redirect style comes back to; without it Rocket.Chat's start page would lose the embedded layout. */
  redirectUrl: () => string;
  send: (message: Record<string, unknown>) => void;
  owner: FrameOwner;
  changed: () => void;
  /** Runs something later; returns what calls it off. */
  later: (run: () => void, ms: number) => () => void;
  now: () => number;
}

/** Rocket.Chat says by itself who is there (or that nobody is); a version that is silent is asked to act after this long. */
const QUIET_MS = 1_200;
/** After a sign-in has begun: the way to the portal and back, or an answer of the portal to Rocket.Chat. */
const SIGN_IN_MS = 7_000;
/** Sign-ins begun without anybody asking for it. More within a minute is a loop. */
const ATTEMPTS = 3;
const LOOP_MS = 60_000;
/** Documents started in a row without a sign-in. More is a loop that goes on without us. */
const BOUNCES = 4;
const LOGOUTS = 4;

/**
 * Signs the person in to the frame, without a click, once per load. A session that is not certainly theirs is ended first, so nobody
 * ever sees the chat of whoever sat here before. Whether somebody is there, Rocket.Chat tells when its page has loaded and at every
 * change; who it is it never tells.
 */
export class FrameSignIn {
  phase: SignInPhase = 'loading';
  /** Why it came to nothing. */
  failure: { cause: 'sign_in_failed' | 'sign_in_loop'; reason: SignInFailure | 'silent' } | null = null;
  /** Documents of Rocket.Chat that have started in the frame. */
  startups = 0;
  /** When the sign-ins of the last minute were begun. */
  attempts: number[] = [];

  /** Nobody but the person can be signed in: the note says so, or the frame has said that nobody was there. */
  private trusted: boolean;
  /** Somebody was sent away in this document: from then on only a sign-in counts, no other sign of life. */
  private strict = false;
  /** A sign-in has been begun, and its end is waited for. */
  private pending = false;
  private bounces = 0;
  private logouts = 0;
  private present = false;
  private cancel: () => void = () => undefined;

  constructor(private readonly options: SignInOptions) {
    const owner = options.owner.get();
    this.trusted = owner === 'nobody' || (owner !== 'unknown' && owner.userId === options.userId);
    // From here on Rocket.Chat may sign the person in by itself.
    options.owner.set(this.trusted ? { userId: options.userId } : 'unknown');
  }

  hear(event: FrameEvent): void {
    switch (event.kind) {
      case 'startup':
        return this.started();
      case 'signed-out':
        return this.signedOut();
      case 'signed-in':
        return this.someoneThere(true);
      case 'alive':
      case 'room-opened':
        return this.someoneThere(false);
      case 'sign-in-failed':
        if (this.pending) this.fail('sign_in_failed', event.reason);
    }
  }

  /** The person asks for another try. */
  retry(): void {
    this.attempts = [];
    this.bounces = 0;
    this.logouts = 0;
    if (this.trusted) this.begin();
    else this.clear();
  }

  stop(): void {
    this.cancel();
  }

  private started(): void {
    this.startups += 1;
    this.bounces += 1;
    this.strict = false;
    this.logouts = 0;
    if (this.bounces > BOUNCES) return this.fail('sign_in_loop', 'silent');
    if (!this.trusted) {
      this.enter('clearing');
      return this.wait(QUIET_MS, () => this.clear());
    }
    this.enter('signing-in');
    // Back from the portal, Rocket.Chat still has to redeem what it brought: nothing is begun anew in this document.
    if (this.pending) this.wait(SIGN_IN_MS, () => this.fail('sign_in_failed', 'silent'));
    else this.wait(QUIET_MS, () => this.begin());
  }

  private signedOut(): void {
    if (this.phase === 'clearing') return this.cleared();
    if (this.phase === 'ready') {
      this.strict = false;
      this.enter('signing-in');
    }
    if (this.phase === 'signing-in' && !this.pending) this.nobodyThere();
  }

  /** With iframe authentication Rocket.Chat asks the portal by itself as soon as nobody is there. */
  private nobodyThere(): void {
    if (this.options.mode === 'oauth') this.begin();
    else this.wait(QUIET_MS, () => this.begin());
  }

  private someoneThere(certain: boolean): void {
    if (this.phase === 'clearing') {
      this.present = true;
      if (this.logouts === 0) this.clear();
      return;
    }
    const waiting = this.phase === 'signing-in' || this.phase === 'failed';
    if (!waiting || !this.trusted || (this.strict && !certain)) return;
    this.cancel();
    this.pending = false;
    this.bounces = 0;
    this.failure = null;
    this.options.owner.set({ userId: this.options.userId });
    this.enter('ready');
  }

  /** Ends whatever session there is, until the frame says that nobody is there, or stays silent. */
  private clear(): void {
    if (this.logouts >= LOGOUTS) return this.fail('sign_in_failed', 'silent');
    this.logouts += 1;
    this.present = false;
    this.enter('clearing');
    this.options.send({ externalCommand: 'logout' });
    this.wait(QUIET_MS, () => (this.present ? this.clear() : this.cleared()));
  }

  private cleared(): void {
    this.trusted = true;
    this.strict = true;
    this.options.owner.set({ userId: this.options.userId });
    this.enter('signing-in');
    this.nobodyThere();
  }

  private begin(): void {
    const { now, send, mode, service, redirectUrl } = this.options;
    this.attempts = this.attempts.filter((at) => now() - at < LOOP_MS);
    if (this.attempts.length >= ATTEMPTS) return this.fail('sign_in_loop', 'silent');
    this.attempts.push(now());
    this.pending = true;
    this.failure = null;
    this.enter('signing-in');
    if (mode === 'oauth') send({ externalCommand: 'call-custom-oauth-login', service, redirectUrl: redirectUrl() });
    else send({ event: 'try-iframe-login' });
    this.wait(SIGN_IN_MS, () => this.fail('sign_in_failed', 'silent'));
  }

  private fail(cause: 'sign_in_failed' | 'sign_in_loop', reason: SignInFailure | 'silent'): void {
    this.cancel();
    this.pending = false;
    this.failure = { cause, reason };
    this.enter('failed');
  }

  private enter(phase: SignInPhase): void {
    this.phase = phase;
    this.options.changed();
  }

  private wait(ms: number, run: () => void): void {
    this.cancel();
    this.cancel = this.options.later(run, ms);
  }
}
