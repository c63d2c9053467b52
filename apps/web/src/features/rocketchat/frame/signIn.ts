import type { RocketChatSignInMode } from '@besedka/contracts/rocketchat';
import type { FrameEvent, SignInFailure } from './messages';
import type { FrameOwner } from './owner';

/**
 * Where the sign-in stands. Only in `ready` may anybody look at the frame: before, it may still show another person's chat.
 * `clearing`: what may be somebody else's is being removed: a session, and what is half typed.
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
/** Rounds in which somebody else's drafts are removed. More is a loop. */
const PURGES = 2;

/**
 * Signs the person in to the frame, without a click, once per load. A session that is not certainly theirs is ended first, so nobody
 * ever sees the chat of whoever sat here before. Whether somebody is there, Rocket.Chat tells when its page has loaded and at every
 * change; who it is it never tells.
 *
 * What is half typed lies in Rocket.Chat's storage whoever is signed in, and only a logout of somebody throws it away: a session that
 * the server ended leaves it. So where another person sat before and nothing was cleaned up, the person is signed in, out and in again.
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
  /** Somebody else's half-typed texts may still lie there. */
  private foreignDrafts: boolean;
  /** The person was signed in and is signed out again, to have them thrown away. */
  private purging = false;
  private purges = 0;
  /** Nobody is there any more; the clean-up that follows is waited for. */
  private gone = false;
  /** With iframe authentication: meanwhile Rocket.Chat has signed the person in again by itself. */
  private returned = false;
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
    this.foreignDrafts = !this.trusted;
    // From here on Rocket.Chat may sign the person in by itself.
    options.owner.set(this.trusted ? { userId: options.userId } : 'unknown');
  }

  hear(event: FrameEvent): void {
    switch (event.kind) {
      case 'startup':
        return this.started();
      case 'signed-out':
        return this.signedOut();
      case 'cleaned-up':
        return this.cleanedUp();
      case 'signed-in':
        return this.someoneThere(true);
      case 'alive':
      case 'room-opened':
        return this.someoneThere(false);
      case 'sign-in-failed':
        if (this.pending) this.fail('sign_in_failed', event.reason);
        return;
      case 'loaded':
        // On its way, if only slowly.
        if (this.pending && this.phase === 'signing-in') this.awaitSignIn();
        return;
      case 'stranded':
        return this.fail(event.isLoop ? 'sign_in_loop' : 'sign_in_failed', 'silent');
    }
  }

  stop(): void {
    this.cancel();
  }

  private started(): void {
    this.startups += 1;
    this.bounces += 1;
    this.strict = false;
    this.logouts = 0;
    this.purging = this.gone = this.returned = false;
    if (this.bounces > BOUNCES) return this.fail('sign_in_loop', 'silent');
    if (!this.trusted) {
      this.enter('clearing');
      return this.wait(QUIET_MS, () => this.clear());
    }
    this.enter('signing-in');
    // Back from the portal, Rocket.Chat still has to redeem what it brought: nothing is begun anew in this document.
    if (this.pending) this.awaitSignIn();
    else this.wait(QUIET_MS, () => this.begin());
  }

  private signedOut(): void {
    if (this.phase === 'clearing') {
      if (this.logouts === 0 || !this.foreignDrafts) return this.cleared();
      this.gone = true;
      return this.wait(QUIET_MS, () => this.cleared());
    }
    if (this.phase === 'ready') {
      this.strict = false;
      this.enter('signing-in');
    }
    if (this.phase === 'signing-in' && !this.pending) this.nobodyThere();
  }

  private cleanedUp(): void {
    this.foreignDrafts = false;
    if (this.phase === 'clearing' && this.gone) this.cleared();
  }

  /** With iframe authentication Rocket.Chat asks the portal by itself as soon as nobody is there. */
  private nobodyThere(): void {
    if (this.options.mode === 'oauth') this.begin();
    else this.wait(QUIET_MS, () => this.begin());
  }

  private someoneThere(certain: boolean): void {
    if (this.phase === 'clearing') {
      if (this.gone) {
        this.returned ||= certain && this.options.mode === 'iframe-token';
        return;
      }
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
    if (this.foreignDrafts) return this.purge();
    this.options.owner.set({ userId: this.options.userId });
    this.enter('ready');
  }

  /** Now that somebody is there to be signed out, it is done: Rocket.Chat throws away all that is half typed. */
  private purge(): void {
    this.purges += 1;
    if (this.purges > PURGES) return this.fail('sign_in_loop', 'silent');
    this.purging = true;
    this.logouts = 0;
    this.clear();
  }

  /** Ends whatever session there is, until the frame says that nobody is there, or stays silent. */
  private clear(): void {
    if (this.logouts >= LOGOUTS) return this.fail('sign_in_failed', 'silent');
    this.logouts += 1;
    this.present = false;
    this.gone = false;
    this.returned = false;
    this.enter('clearing');
    this.options.send({ externalCommand: 'logout' });
    // Silence does not tell that drafts are gone.
    this.wait(QUIET_MS, () => (this.present || this.purging ? this.clear() : this.cleared()));
  }

  private cleared(): void {
    this.trusted = true;
    this.strict = true;
    if (this.purging) {
      this.purging = false;
      // Drafts outlive a session that the server ended in this very moment. A version that tells of no clean-up is believed the second time.
      if (this.purges >= PURGES) this.foreignDrafts = false;
      // That session was meant to end: it is no sign of a loop.
      this.attempts.pop();
    }
    // Until the drafts are gone, whoever looks next has to begin anew.
    if (!this.foreignDrafts) this.options.owner.set({ userId: this.options.userId });
    this.enter('signing-in');
    if (this.returned) this.someoneThere(true);
    else this.nobodyThere();
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
    this.awaitSignIn();
  }

  /** What comes late is still taken, and a page that comes back late is not asked to begin again. */
  private awaitSignIn(): void {
    this.wait(SIGN_IN_MS, () => {
      this.fail('sign_in_failed', 'silent');
      this.pending = true;
    });
  }

  private fail(cause: 'sign_in_failed' | 'sign_in_loop', reason: SignInFailure | 'silent'): void {
    this.cancel();
    this.pending = false;
    this.purging = false;
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
