import { describe, expect, it } from '@jest/globals';
import type { RocketChatRunSummary, RocketChatStatus } from '@besedka/contracts/rocketchat-runs';
import { lastHeardOf, standingOf } from './standing';

const RUN: RocketChatRunSummary = {
  id: '018f0000-0000-7000-8000-000000000001',
  kind: 'apply',
  state: 'done',
  origin: 'page',
  startedBy: 'owner',
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: '2026-11-20T10:00:09.000Z',
  failure: null,
  count: 3,
};
const FOUND: RocketChatStatus['findings'][number] = { cause: 'provider_disabled', remedy: 'apply', facts: {} };
const STATUS: RocketChatStatus = {
  missing: [],
  portalUrl: 'http://127.0.0.1:8001',
  url: 'http://127.0.0.1:3000',
  apiUrl: null,
  configuredMode: null,
  server: { version: '8.9', mode: 'oauth' },
  failure: null,
  needsTokenSecret: false,
  findings: [],
  startedAt: '2026-11-20T09:00:00.000Z',
  active: null,
  lastApply: null,
  lastVerify: null,
  verifyStale: false,
  latestRunId: null,
  canRollBack: false,
  drift: null,
  driftStale: false,
  unread: null,
};
const look = (checkedAt: string, differences = 0): RocketChatStatus['drift'] => ({
  version: '8.9',
  mode: 'oauth',
  warnings: [],
  checkedAt,
  differences: Array.from({ length: differences }, () => ({ kind: 'setting', id: 'Site_Url', from: null, to: 'x' })),
});

describe('how the integration stands', () => {
  it.each<[string, Partial<RocketChatStatus>]>([
    ['off', { missing: ['ROCKETCHAT_URL', 'ROCKETCHAT_ADMIN'], server: null }],
    ['no-admin', { missing: ['ROCKETCHAT_ADMIN'], server: null }],
    ['running', { active: { ...RUN, state: 'running' }, server: null }],
    ['broken', { server: null, lastApply: RUN }],
    ['no-token-secret', { needsTokenSecret: true, lastApply: RUN, drift: look('2026-11-21T03:00:00.000Z') }],
    ['new', {}],
    ['connected', { lastApply: RUN }],
    // Changed by hand since, and no plan has seen it.
    ['faulty', { lastApply: RUN, findings: [FOUND] }],
    ['faulty', { lastApply: RUN, findings: [FOUND], drift: look('2026-11-21T03:00:00.000Z') }],
    ['differs', { lastApply: RUN, findings: [FOUND], drift: look('2026-11-21T03:00:00.000Z', 2) }],
    ['new', { findings: [FOUND] }],
    ['running', { lastApply: RUN, findings: [FOUND], active: { ...RUN, state: 'running' } }],
    ['differs', { lastApply: { ...RUN, state: 'failed' }, canRollBack: true }],
    ['differs', { lastApply: { ...RUN, state: 'interrupted' }, canRollBack: true }],
    // Refused before anything was written.
    ['new', { lastApply: { ...RUN, state: 'failed' } }],
    ['differs', { lastApply: RUN, drift: look('2026-11-21T03:00:00.000Z', 2) }],
    ['connected', { lastApply: RUN, drift: look('2026-11-19T03:00:00.000Z', 2) }],
    ['connected', { drift: look('2026-11-19T03:00:00.000Z') }],
    ['new', { drift: look('2026-11-19T03:00:00.000Z', 40) }],
    // A rollback that broke off, or after which nobody could look.
    ['differs', { lastApply: RUN, drift: look('2026-11-21T03:00:00.000Z'), driftStale: true }],
    // What the run itself left.
    ['differs', { lastApply: RUN, drift: look('2026-11-20T10:00:08.000Z', 1) }],
  ])('%s', (standing, more) => expect(standingOf({ ...STATUS, ...more })).toBe(standing));

  it('the worst is told first: no connection, then differences, then accounts that need somebody', () => {
    const done = { ...STATUS, lastApply: RUN };
    expect(standingOf(done, 3)).toBe('accounts');
    expect(standingOf(done, 0)).toBe('connected');
    expect(standingOf({ ...done, drift: look('2026-11-21T03:00:00.000Z', 2) }, 3)).toBe('differs');
    expect(standingOf({ ...done, server: null }, 3)).toBe('broken');
    expect(standingOf({ ...done, findings: [FOUND] }, 3)).toBe('faulty');
  });

  it('knows when Rocket.Chat last answered', () => {
    const failed: RocketChatRunSummary = { ...RUN, state: 'failed', finishedAt: '2026-11-22T10:00:00.000Z' };
    expect(lastHeardOf(STATUS, [failed])).toBeNull();
    expect(lastHeardOf(STATUS, [failed, RUN])).toBe(RUN.finishedAt);
    const drift = look('2026-11-21T03:00:00.000Z');
    expect(lastHeardOf({ ...STATUS, drift }, [failed, RUN])).toBe(drift?.checkedAt);
  });
});
