import { ROCKETCHAT_CAUSE_NAMES } from '@besedka/contracts/rocketchat-causes';
import type { RocketChatChecks, RocketChatFinding } from '@besedka/contracts/rocketchat';
import { diagnose, NAMED_BY_MS, type FrameFacts, type Observations } from './diagnosis';

const FRAME: FrameFacts = {
  age: 2_000,
  loaded: true,
  startups: 1,
  phase: 'ready',
  failure: null,
  shown: true,
  roomFailed: false,
  foreignOrigin: null,
};
const checks = (...findings: RocketChatFinding[]): RocketChatChecks => ({
  version: '8.9',
  findings,
  checkedAt: '2026-11-01T00:00:00.000Z',
});
type Seen = Partial<Omit<Observations, 'frame'>> & { frame?: Partial<FrameFacts> };
const look = ({ frame, ...more }: Seen = {}) =>
  diagnose({
    elapsed: 2_000,
    checks: checks(),
    reach: 'yes',
    socket: 'yes',
    storage: true,
    address: 'https://chat.example.org',
    ...more,
    frame: { ...FRAME, ...frame },
  });
const SILENT: Partial<FrameFacts> = { startups: 0, phase: 'loading', shown: false };
const finding = (cause: RocketChatFinding['cause']): RocketChatFinding => ({ cause, remedy: 'apply', facts: {} });

describe('diagnosis', () => {
  it('everything works', () => {
    const { state, finding: cause, steps } = look();
    expect([state, cause]).toEqual(['fine', null]);
    expect(new Set(steps.map((step) => step.state))).toEqual(new Set(['fine']));
  });

  it('it works, and something is wrong nevertheless', () => {
    expect(look({ checks: checks(finding('clock_skew')) })).toMatchObject({
      state: 'attention',
      finding: { cause: 'clock_skew' },
    });
  });

  it.each<[string, Seen, Partial<RocketChatFinding>]>([
    ['the browser cannot reach it', { reach: 'no', frame: SILENT }, { cause: 'browser_cannot_reach' }],
    [
      'only the WebSocket is refused',
      { socket: 'no', frame: { phase: 'signing-in', shown: false } },
      { cause: 'browser_cannot_reach', facts: { address: 'https://chat.example.org', by: 'websocket' } },
    ],
    ['the browser keeps nothing', { storage: false, frame: SILENT }, { cause: 'storage_blocked' }],
    [
      'Rocket.Chat keeps nothing, and its popup is blocked',
      { frame: { phase: 'failed', shown: false, failure: { cause: 'sign_in_failed', reason: 'popup_blocked' } } },
      { cause: 'storage_blocked', remedy: 'open-directly' },
    ],
    ['the frame says nothing', { frame: { ...SILENT, age: 6_000 } }, { cause: 'frame_silent' }],
    [
      'another origin speaks out of it',
      { frame: { ...SILENT, age: 6_000, foreignOrigin: 'https://other.example.org' } },
      { cause: 'frame_silent', facts: { address: 'https://chat.example.org', origin: 'https://other.example.org' } },
    ],
    [
      'the sign-in fails',
      { frame: { phase: 'failed', shown: false, failure: { cause: 'sign_in_failed', reason: 'refused' } } },
      { cause: 'sign_in_failed', remedy: 'sign-in' },
    ],
    [
      'the sign-in goes round in circles',
      { frame: { phase: 'failed', shown: false, failure: { cause: 'sign_in_loop', reason: 'silent' } } },
      { cause: 'sign_in_loop' },
    ],
    ['no room opens', { frame: { shown: false, roomFailed: true } }, { cause: 'room_not_opened' }],
    ['another room does not open', { frame: { shown: true, roomFailed: true } }, { cause: 'room_not_opened' }],
  ])('%s', (_name, seen, cause) => expect(look(seen)).toMatchObject({ state: 'broken', finding: cause }));

  it('of several causes the most fundamental one is named, whoever found it', () => {
    const all = [...ROCKETCHAT_CAUSE_NAMES];
    for (const [index, cause] of all.entries()) {
      const rest = all.slice(index).reverse().map(finding);
      expect(look({ checks: checks(...rest), elapsed: 5_000, frame: SILENT }).finding?.cause).toBe(cause);
    }
    const both = look({ checks: checks(finding('events_off')), elapsed: 7_000, frame: { ...SILENT, age: 7_000 } });
    expect(both.findings.map(({ cause }) => cause)).toEqual(['events_off', 'frame_silent']);
  });

  it('what the server found is held back while the frame may still prove it harmless', () => {
    const loading = { checks: checks(finding('clock_skew')), frame: { ...SILENT, age: 1_000 } };
    expect(look({ ...loading, elapsed: 1_000 }).state).toBe('checking');
    expect(look({ ...loading, elapsed: 3_000 }).state).toBe('broken');
  });

  it('what the browser found waits for the server, who may know why', () => {
    const seen: Seen = { checks: 'pending', frame: { ...SILENT, age: 7_000 } };
    expect(look({ ...seen, elapsed: 7_000 }).state).toBe('checking');
    expect(look({ ...seen, elapsed: NAMED_BY_MS })).toMatchObject({ finding: { cause: 'frame_silent' } });
  });

  it.each<[Partial<FrameFacts>, string]>([
    [{ ...SILENT, age: 0 }, 'frame_silent'],
    [{ phase: 'signing-in', shown: false }, 'sign_in_failed'],
    [{ phase: 'ready', shown: false }, 'room_not_opened'],
  ])('within ten seconds something is named, though nothing stands out: %j', (frame, cause) => {
    for (const unanswered of ['pending', 'failed'] as const) {
      const seen = look({ elapsed: NAMED_BY_MS, checks: unanswered, reach: 'pending', socket: 'pending', frame });
      expect(seen).toMatchObject({ state: 'broken', finding: { cause } });
    }
  });

  it('the steps tell how far it got', () => {
    const { steps } = look({ socket: 'no', frame: { phase: 'signing-in', shown: false } });
    expect(Object.fromEntries(steps.map(({ name, state }) => [name, state]))).toEqual({
      server: 'fine',
      site: 'fine',
      reach: 'fine',
      socket: 'wrong',
      storage: 'fine',
      frame: 'fine',
      signIn: 'wrong',
      room: 'waiting',
    });
    const apart = look({ checks: checks(finding('different_site')) }).steps;
    expect(apart.filter(({ state }) => state === 'wrong').map(({ name }) => name)).toEqual(['site']);
  });
});
