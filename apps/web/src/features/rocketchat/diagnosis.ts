import { ROCKETCHAT_CAUSE_NAMES, type RocketChatCause } from '@besedka/contracts/rocketchat-causes';
import type { RocketChatChecks, RocketChatFinding } from '@besedka/contracts/rocketchat';
import type { SignInPhase, FrameSignIn } from './frame/signIn';

/** Answer of something that was tried. */
export type Probe = 'pending' | 'yes' | 'no';

/** Everything that was seen so far. */
export interface Observations {
  /** Milliseconds since it was begun to look. */
  elapsed: number;
  /** What the server found; it may not have been reached itself. */
  checks: RocketChatChecks | 'pending' | 'failed';
  /** The browser gets an answer of Rocket.Chat … */
  reach: Probe;
  /** … and a WebSocket, without which its page stays empty. */
  socket: Probe;
  /** The browser lets pages keep anything at all. */
  storage: boolean;
  /** Rocket.Chat's address, for the sentences. */
  address: string;
  frame: FrameFacts;
}

/** What the frame has done. */
export interface FrameFacts {
  /** Milliseconds since it was put into the page. */
  age: number;
  /** The browser has loaded something into it, if only its own page about a failure. */
  loaded: boolean;
  startups: number;
  phase: SignInPhase;
  failure: FrameSignIn['failure'];
  /** Some room is on screen. */
  shown: boolean;
  /** A room was waited for in vain. */
  roomFailed: boolean;
  /** Another origin than the configured one speaks out of the frame. */
  foreignOrigin: string | null;
}

export const STEPS = ['server', 'site', 'reach', 'socket', 'storage', 'frame', 'signIn', 'room'] as const;
export type StepName = (typeof STEPS)[number];
export interface Step {
  name: StepName;
  state: 'pending' | 'fine' | 'wrong' | 'waiting';
}

export interface Diagnosis {
  /** `attention`: the chat works, and something is wrong nevertheless. */
  state: 'checking' | 'fine' | 'attention' | 'broken';
  /** The first cause. */
  finding: RocketChatFinding | null;
  /** All that was found, most fundamental first. */
  findings: RocketChatFinding[];
  steps: Step[];
}

/** Without a word by then, the frame will not speak. */
const SILENT_MS = 6_000;
/** What the server found may be harmless: the frame is given this long to prove it. */
const GRACE_MS = 3_000;
/** By then a cause is named. */
export const NAMED_BY_MS = 9_500;

/** What is wrong, out of everything that was seen: the earliest of the contract's causes that holds. */
export function diagnose(seen: Observations): Diagnosis {
  const works = seen.frame.phase === 'ready' && seen.frame.shown && !seen.frame.roomFailed;
  const server = typeof seen.checks === 'object' ? seen.checks.findings : [];
  const browser = browserFindings(seen);
  const findings = [...server, ...browser].sort((a, b) => rank(a.cause) - rank(b.cause));
  const steps = stepsOf(seen, works);
  if (works && seen.checks !== 'pending') {
    return { state: findings.length > 0 ? 'attention' : 'fine', finding: findings[0] ?? null, findings, steps };
  }
  if (works) return { state: 'fine', finding: null, findings, steps };
  const late = seen.elapsed >= NAMED_BY_MS;
  const answered = seen.checks !== 'pending' && seen.reach !== 'pending' && seen.socket !== 'pending';
  const certain = (answered && browser.length > 0) || (server.length > 0 && seen.elapsed >= GRACE_MS);
  if (!late && !certain) return { state: 'checking', finding: null, findings, steps };
  const named = findings.length > 0 ? findings : [leftOver(seen)];
  return { state: 'broken', finding: named[0] ?? null, findings: named, steps: steps.map(given) };
}

const rank = (cause: RocketChatCause): number => ROCKETCHAT_CAUSE_NAMES.indexOf(cause);

function browserFindings({ reach, socket, storage, address, frame }: Observations): RocketChatFinding[] {
  const found: RocketChatFinding[] = [];
  if (reach === 'no')
    found.push({ cause: 'browser_cannot_reach', remedy: 'reload', facts: { address, by: 'request' } });
  else if (socket === 'no') {
    found.push({ cause: 'browser_cannot_reach', remedy: 'none', facts: { address, by: 'websocket' } });
  }
  // Our provider signs in by redirect; Rocket.Chat takes a popup only where it can keep nothing over the redirect (contract 1.2).
  if (!storage || frame.failure?.reason === 'popup_blocked') {
    found.push({ cause: 'storage_blocked', remedy: 'open-directly', facts: { address } });
  }
  if (frame.startups === 0 && frame.age >= SILENT_MS) found.push(silent(frame, address));
  if (frame.failure)
    found.push({ cause: frame.failure.cause, remedy: 'sign-in', facts: { how: frame.failure.reason } });
  if (frame.roomFailed) found.push({ cause: 'room_not_opened', remedy: 'reload', facts: { address } });
  return found;
}

const silent = ({ foreignOrigin }: FrameFacts, address: string): RocketChatFinding => ({
  cause: 'frame_silent',
  remedy: 'reload',
  facts: { address, ...(foreignOrigin !== null && { origin: foreignOrigin }) },
});

/** Time is up and nothing stands out: the step that was not taken names itself. */
function leftOver({ frame, address }: Observations): RocketChatFinding {
  if (frame.startups === 0) return silent(frame, address);
  if (frame.phase !== 'ready') return { cause: 'sign_in_failed', remedy: 'sign-in', facts: { how: 'silent' } };
  return { cause: 'room_not_opened', remedy: 'reload', facts: { address } };
}

/** Where the cause is known, nobody waits for the frame any more. */
const given = (step: Step): Step =>
  step.state === 'pending' && ['frame', 'signIn', 'room'].includes(step.name) ? { ...step, state: 'wrong' } : step;

function stepsOf(seen: Observations, works: boolean): Step[] {
  const { checks, reach, socket, storage, frame } = seen;
  const probe = (state: Probe): Step['state'] => (state === 'pending' ? 'pending' : state === 'yes' ? 'fine' : 'wrong');
  const found = typeof checks === 'object' ? checks.findings.map(({ cause }) => cause) : [];
  const other = found.filter((cause) => cause !== 'different_site');
  const started = frame.startups > 0;
  const signedIn = frame.phase === 'ready';
  const states: Record<StepName, Step['state']> = {
    server: checks === 'pending' ? 'pending' : checks === 'failed' || other.length > 0 ? 'wrong' : 'fine',
    site: checks === 'pending' ? 'pending' : found.includes('different_site') ? 'wrong' : 'fine',
    reach: probe(reach),
    socket: probe(socket),
    storage: storage && frame.failure?.reason !== 'popup_blocked' ? 'fine' : 'wrong',
    frame: started ? 'fine' : frame.age >= SILENT_MS ? 'wrong' : 'pending',
    signIn: signedIn ? 'fine' : frame.failure ? 'wrong' : started ? 'pending' : 'waiting',
    room: works ? 'fine' : frame.roomFailed ? 'wrong' : signedIn ? 'pending' : 'waiting',
  };
  return STEPS.map((name) => ({ name, state: states[name] }));
}
