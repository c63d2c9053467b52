import type { RocketChatSignInMode } from '@besedka/contracts/rocketchat';
import type { FrameEvent } from './messages';
import type { FrameOwner } from './owner';
import { FrameSignIn } from './signIn';

type Owner = ReturnType<FrameOwner['get']>;

/** A frame that says what the test lets it say, and a clock that goes when it is told. */
function seat(owner: Owner, mode: RocketChatSignInMode = 'oauth', userId = 'me') {
  const note = { value: owner };
  const sent: Record<string, unknown>[] = [];
  let time = 0;
  let timers: { at: number; run: () => void }[] = [];
  const signIn = new FrameSignIn({
    userId,
    mode,
    service: 'besedka',
    redirectUrl: () => 'https://chat.example.org/home?layout=embedded',
    send: (message) => sent.push(message),
    owner: { get: () => note.value, set: (value) => (note.value = value) },
    changed: () => undefined,
    later(run, ms) {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
    now: () => time,
  });
  const say = (...kinds: ('startup' | 'signed-in' | 'signed-out' | 'cleaned-up' | 'alive')[]): void =>
    kinds.forEach((kind) => signIn.hear({ kind }));
  return {
    signIn,
    note,
    say,
    hear: (event: FrameEvent) => signIn.hear(event),
    commands: () => sent.splice(0).map((one) => one['externalCommand'] ?? one['event']),
    pass(ms: number) {
      const until = time + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        time = next.at;
        timers = timers.filter((one) => one !== next);
        next.run();
      }
      time = until;
    },
  };
}
const ME = { userId: 'me' };

describe('signing in to the frame', () => {
  it('takes up the own session without a command', () => {
    const { signIn, say, commands, pass } = seat(ME);
    say('startup', 'signed-in');
    pass(60_000);
    expect([signIn.phase, commands()]).toEqual(['ready', []]);
  });

  it('begins once when nobody is there, and waits for what the redirect brings back', () => {
    const { signIn, say, commands, pass, note } = seat('nobody');
    expect(note.value).toEqual(ME);
    say('startup', 'signed-out');
    expect(commands()).toEqual(['call-custom-oauth-login']);
    // The document that comes back says that nobody is there until it has redeemed the code.
    say('startup', 'signed-out');
    pass(3_000);
    expect([signIn.phase, commands()]).toEqual(['signing-in', []]);
    say('signed-in');
    expect(signIn.phase).toBe('ready');
  });

  it('a version that says nothing about who is there is asked to sign in', () => {
    const { signIn, say, commands, pass } = seat(ME);
    say('startup');
    pass(1_000);
    expect(commands()).toEqual([]);
    pass(1_000);
    expect(commands()).toEqual(['call-custom-oauth-login']);
    say('startup', 'alive');
    expect(signIn.phase).toBe('ready');
  });

  it('tells Rocket.Chat where to come back to', () => {
    const sent: Record<string, unknown>[] = [];
    const signIn = new FrameSignIn({
      userId: 'me',
      mode: 'oauth',
      service: 'besedka',
      redirectUrl: () => 'https://chat.example.org/channel/a?layout=embedded',
      send: (message) => sent.push(message),
      owner: { get: () => 'nobody', set: () => undefined },
      changed: () => undefined,
      later: () => () => undefined,
      now: () => 0,
    });
    signIn.hear({ kind: 'startup' });
    signIn.hear({ kind: 'signed-out' });
    expect(sent).toEqual([
      {
        externalCommand: 'call-custom-oauth-login',
        service: 'besedka',
        redirectUrl: 'https://chat.example.org/channel/a?layout=embedded',
      },
    ]);
  });

  it.each<[Owner]>([['nobody'], ['unknown']])('with iframe authentication leaves the asking to it: %j', (owner) => {
    const asked = seat(owner, 'iframe-token');
    asked.say('startup', 'signed-out');
    asked.pass(500);
    asked.say('signed-in');
    // Where somebody may have left a draft, it goes first.
    if (owner === 'unknown') {
      expect([asked.signIn.phase, asked.commands()]).toEqual(['clearing', ['logout']]);
      asked.say('signed-out', 'cleaned-up');
      asked.pass(500);
      asked.say('signed-in');
    }
    expect([asked.signIn.phase, asked.commands()]).toEqual(['ready', []]);
    const silent = seat(owner, 'iframe-token');
    silent.say('startup', 'signed-out');
    silent.pass(2_000);
    expect(silent.commands()).toEqual(['try-iframe-login']);
    silent.say('signed-in');
    if (owner === 'unknown') {
      silent.say('signed-out', 'cleaned-up');
      silent.pass(2_000);
      expect(silent.commands()).toEqual(['logout', 'try-iframe-login']);
      silent.say('signed-in');
    }
    expect(silent.signIn.phase).toBe('ready');
  });
});

describe('another person sat here before', () => {
  it.each<[Owner]>([[{ userId: 'somebody' }], ['unknown']])('%j is signed out before anything else', (owner) => {
    const { signIn, say, commands, note } = seat(owner);
    expect(note.value).toBe('unknown');
    say('startup', 'signed-in', 'alive', 'alive');
    expect([signIn.phase, commands()]).toEqual(['clearing', ['logout']]);
    say('signed-out', 'cleaned-up');
    // A logout of somebody has thrown away what they left half typed: one sign-in is enough.
    expect([signIn.phase, commands(), note.value]).toEqual(['signing-in', ['call-custom-oauth-login'], ME]);
    // What the former session still says is no sign-in.
    say('alive');
    expect(signIn.phase).toBe('signing-in');
    say('startup', 'signed-in');
    expect(signIn.phase).toBe('ready');
  });

  it('the frame that says nobody is there needs no logout', () => {
    const { say, commands } = seat({ userId: 'somebody' });
    say('startup', 'signed-out');
    expect(commands()).toEqual(['call-custom-oauth-login']);
  });

  it('a session that comes up late is ended again; one that never goes is never shown', () => {
    const { signIn, say, commands, pass, note } = seat({ userId: 'somebody' });
    say('startup');
    pass(1_200);
    expect(commands()).toEqual(['logout']);
    for (let n = 0; n < 10; n += 1) {
      say('signed-in', 'alive');
      pass(1_200);
      expect(signIn.phase).not.toBe('ready');
    }
    expect(commands()).toEqual(['logout', 'logout', 'logout']);
    expect(signIn.failure).toEqual({ cause: 'sign_in_failed', reason: 'silent' });
    say('signed-in');
    expect(signIn.phase).toBe('failed');
    // Another try is another frame.
    const again = seat(note.value);
    again.say('startup', 'signed-in', 'signed-out', 'cleaned-up', 'startup', 'signed-in');
    expect(again.signIn.phase).toBe('ready');
  });

  it('a version that is silent about it is given time, then signed in', () => {
    const { say, commands, pass } = seat('unknown');
    say('startup');
    pass(3_000);
    expect(commands()).toEqual(['logout', 'call-custom-oauth-login']);
  });

  it('the note never names anybody but the one who may be there', () => {
    const first = seat({ userId: 'somebody' });
    first.say('startup', 'signed-in');
    // The page is closed here: what the frame holds is not known.
    expect(first.note.value).toBe('unknown');
    const again = seat(first.note.value);
    again.say('startup', 'signed-in');
    expect(again.commands()).toEqual(['logout']);
  });
});

describe('what another person left half typed', () => {
  it.each<[Owner]>([[{ userId: 'somebody' }], ['unknown']])(
    '%j: the session is over, so the person is signed in, out and in again before they look',
    (owner) => {
      const { signIn, say, commands, note } = seat(owner);
      say('startup', 'signed-out');
      expect([commands(), note.value]).toEqual([['call-custom-oauth-login'], 'unknown']);
      say('startup', 'signed-out', 'signed-in', 'alive');
      expect([signIn.phase, commands(), note.value]).toEqual(['clearing', ['logout'], 'unknown']);
      say('signed-out', 'alive');
      expect([signIn.phase, commands(), note.value]).toEqual(['clearing', [], 'unknown']);
      say('cleaned-up');
      expect([signIn.phase, commands(), note.value]).toEqual(['signing-in', ['call-custom-oauth-login'], ME]);
      say('startup', 'signed-out', 'signed-in');
      expect([signIn.phase, commands(), note.value]).toEqual(['ready', [], ME]);
    },
  );

  it.each<[Owner]>([[ME], ['nobody']])('%j: nobody else was here, and one’s own drafts stay', (owner) => {
    const { signIn, say, commands } = seat(owner);
    say('startup', 'signed-out', 'startup', 'signed-in');
    expect([signIn.phase, commands()]).toEqual(['ready', ['call-custom-oauth-login']]);
  });

  it('a version that does not tell of its clean-up is given time for it after the sign-out, twice', () => {
    const { signIn, say, commands, pass, note } = seat('unknown');
    say('startup', 'signed-out');
    expect(commands()).toEqual(['call-custom-oauth-login']);
    for (let n = 0; n < 2; n += 1) {
      say('startup', 'signed-in', 'signed-out');
      pass(1_000);
      expect([signIn.phase, commands(), note.value]).toEqual(['clearing', ['logout'], 'unknown']);
      pass(1_000);
      expect([signIn.phase, commands()]).toEqual(['signing-in', ['call-custom-oauth-login']]);
    }
    say('startup', 'signed-in');
    expect([signIn.phase, note.value]).toEqual(['ready', ME]);
  });

  it('a session that the server ends while it is being signed out leaves the drafts: once more', () => {
    const { signIn, say, commands, pass, note } = seat('unknown');
    say('startup', 'signed-out', 'startup', 'signed-in', 'signed-out');
    pass(2_000);
    expect([signIn.phase, note.value]).toEqual(['signing-in', 'unknown']);
    commands();
    say('startup', 'signed-in');
    expect([signIn.phase, commands()]).toEqual(['clearing', ['logout']]);
    say('signed-out', 'cleaned-up', 'startup', 'signed-in');
    expect([signIn.phase, note.value]).toEqual(['ready', ME]);
  });

  it('silence is no proof: it is asked again, and in the end nothing is shown', () => {
    const { signIn, say, commands, pass, note } = seat('unknown');
    say('startup', 'signed-out', 'startup', 'signed-in');
    pass(60_000);
    expect(commands()).toEqual(['call-custom-oauth-login', 'logout', 'logout', 'logout', 'logout']);
    expect([signIn.phase, signIn.failure?.cause, note.value]).toEqual(['failed', 'sign_in_failed', 'unknown']);
    const again = seat(note.value);
    again.say('startup', 'signed-in');
    expect([again.signIn.phase, again.commands()]).toEqual(['clearing', ['logout']]);
    again.say('signed-out', 'cleaned-up', 'startup', 'signed-in');
    expect([again.signIn.phase, again.note.value]).toEqual(['ready', ME]);
  });

  it('with iframe authentication Rocket.Chat may be back before its clean-up is told', () => {
    const { signIn, say, commands, pass } = seat({ userId: 'somebody' }, 'iframe-token');
    say('startup', 'signed-out', 'signed-in');
    expect(commands()).toEqual(['logout']);
    say('signed-out', 'signed-in');
    expect(signIn.phase).toBe('clearing');
    say('cleaned-up');
    pass(60_000);
    expect([signIn.phase, commands()]).toEqual(['ready', []]);
  });

  it('takes none of the attempts that tell a loop', () => {
    const { signIn, say, commands } = seat('unknown');
    say('startup', 'signed-out', 'startup', 'signed-in', 'signed-out', 'cleaned-up', 'startup', 'signed-in');
    for (let n = 0; n < 2; n += 1) say('signed-out', 'startup', 'signed-in');
    expect([signIn.phase, commands().filter((one) => one !== 'logout').length]).toEqual(['ready', 4]);
    say('signed-out');
    expect(signIn.failure?.cause).toBe('sign_in_loop');
  });

  it('a page that starts anew at every clean-up is a loop', () => {
    const { signIn, say } = seat('unknown');
    say('startup', 'signed-out');
    for (let n = 0; n < 3; n += 1) say('startup', 'signed-in');
    expect([signIn.phase, signIn.failure?.cause]).toEqual(['failed', 'sign_in_loop']);
  });
});

describe('a sign-in that comes to nothing', () => {
  it.each(['service_unknown', 'popup_blocked', 'refused'] as const)('is named: %s', (reason) => {
    const { signIn, say, hear } = seat('nobody');
    say('startup', 'signed-out');
    hear({ kind: 'sign-in-failed', reason });
    expect([signIn.phase, signIn.failure]).toEqual(['failed', { cause: 'sign_in_failed', reason }]);
  });

  it('is given up when nothing comes, and taken back when it comes late', () => {
    const { signIn, say, pass, commands } = seat('nobody');
    say('startup', 'signed-out', 'startup', 'signed-out');
    pass(7_000);
    expect(signIn.failure?.cause).toBe('sign_in_failed');
    pass(600_000);
    expect(commands()).toEqual(['call-custom-oauth-login']);
    say('signed-in');
    expect([signIn.phase, signIn.failure]).toEqual(['ready', null]);
  });

  it('is waited for as long as the browser is on its way, and never begun twice', () => {
    const { signIn, say, hear, pass, commands } = seat('nobody');
    say('startup', 'signed-out');
    for (let n = 0; n < 5; n += 1) {
      pass(6_000);
      hear({ kind: 'loaded' });
    }
    expect(signIn.phase).toBe('signing-in');
    pass(7_000);
    expect(signIn.phase).toBe('failed');
    // The page that comes back in the end brings the sign-in, though nobody waited any more.
    say('startup', 'signed-out');
    pass(5_000);
    expect([signIn.phase, commands()]).toEqual(['signing-in', ['call-custom-oauth-login']]);
    say('signed-in');
    expect(signIn.phase).toBe('ready');
  });

  it.each([
    [true, 'sign_in_loop'],
    [false, 'sign_in_failed'],
  ] as const)('the portal’s own page in the frame is never looked at (a loop: %s)', (isLoop, cause) => {
    const { signIn, say, hear } = seat(ME);
    say('startup', 'signed-in');
    expect(signIn.phase).toBe('ready');
    hear({ kind: 'loaded' });
    expect(signIn.phase).toBe('ready');
    hear({ kind: 'stranded', isLoop });
    expect([signIn.phase, signIn.failure?.cause]).toEqual(['failed', cause]);
  });

  it('a session that ends again and again is a loop, and is cut', () => {
    const { signIn, say, commands } = seat(ME);
    say('startup', 'signed-in');
    for (let n = 0; n < 5; n += 1) say('signed-out', 'startup', 'signed-in');
    say('signed-out');
    expect(commands()).toEqual(Array.from({ length: 3 }, () => 'call-custom-oauth-login'));
    expect(signIn.failure?.cause).toBe('sign_in_loop');
  });

  it('so is a page that is loaded again and again', () => {
    const { signIn, say, commands } = seat('nobody');
    say('startup', 'signed-out');
    for (let n = 0; n < 6; n += 1) say('startup');
    expect([signIn.failure?.cause, commands()]).toEqual(['sign_in_loop', ['call-custom-oauth-login']]);
  });

  it('after a minute the session may end again', () => {
    const { signIn, say, pass, commands } = seat(ME);
    say('startup', 'signed-in');
    for (let n = 0; n < 3; n += 1) {
      say('signed-out', 'startup', 'signed-in');
      pass(31_000);
    }
    expect([signIn.phase, commands().length]).toEqual(['ready', 3]);
  });
});
