import { parseVersion, profileOf } from '@besedka/rocketchat';
import { findingsOf } from './findings.js';
import type { Observations, OwnAccount } from './observations.js';

const profile = (version: string) => profileOf(parseVersion(version)!);

/** A server of which nothing bad was seen. */
const fine = (over: Partial<Observations> = {}): Observations => ({
  portalUrl: 'https://portal.example.org',
  chatUrl: 'https://chat.example.org',
  apiUrl: 'https://chat.example.org',
  hasAdmin: true,
  reached: { kind: 'rocketchat', profile: profile('8.9'), skewMs: 0 },
  publicReached: null,
  isReady: true,
  mode: 'oauth',
  desired: null,
  admin: { kind: 'works', missing: [] },
  page: new Headers(),
  settings: null,
  isOffered: true,
  client: null,
  tokenSecret: null,
  missingChannels: [],
  ...over,
});
const causes = (over: Partial<Observations>, own: OwnAccount | null = null): string[] =>
  findingsOf(fine(over), own).map(({ cause }) => cause);
const server = (version: string, over: Partial<Observations> = {}): Partial<Observations> => ({
  reached: { kind: 'rocketchat', profile: profile(version), skewMs: 0 },
  ...over,
});
const mine = (over: Partial<OwnAccount> = {}): OwnAccount => ({
  state: 'ready',
  isActive: true,
  missingChannels: [],
  ...over,
});

it('finds nothing where nothing bad was seen', () => expect(causes({}, mine())).toEqual([]));

describe('first causes', () => {
  it.each<[string, Partial<Observations>, string[]]>([
    ['no address', { chatUrl: null, apiUrl: null, reached: null }, ['not_configured']],
    ['no admin account', { hasAdmin: false, admin: null }, ['not_configured']],
    ['nobody answers', { reached: { kind: 'unreachable', reason: 'ECONNREFUSED' } }, ['unreachable']],
    ['another program', { reached: { kind: 'something-else', status: 404 } }, ['not_rocketchat']],
    ['the server fails', { reached: { kind: 'failing', status: 500 } }, ['starting']],
    ['the server is not ready', { isReady: false }, ['starting']],
    [
      'another program at the address of browsers only',
      { publicReached: { kind: 'something-else', status: 404 } },
      ['not_rocketchat'],
    ],
    [
      'the address of browsers is out of reach from here, which may be right',
      { publicReached: { kind: 'unreachable', reason: 'ENOTFOUND' } },
      [],
    ],
    ['9.0 with OAuth', server('9.0', { isOffered: false }), ['version_unsupported']],
    ['9.0 with OAuth and a licence', server('9.0'), []],
    ['7.x by token', server('7.10', { mode: 'iframe-token' }), ['version_unsupported']],
    ['9.0 by token', server('9.0', { mode: 'iframe-token', tokenSecret: 'fits' }), []],
    ['an unknown version', server('6.0'), ['version_unsupported']],
    ['no token secret here', { mode: 'iframe-token', tokenSecret: 'missing' }, ['token_secret_wrong']],
    ['another token secret', { mode: 'iframe-token', tokenSecret: 'wrong' }, ['token_secret_wrong']],
    ['another site', { chatUrl: 'https://chat.example.com' }, ['different_site']],
    ['http beside https: the encryption is the root', { chatUrl: 'http://chat.example.org' }, ['insecure_address']],
    ['http, and another site', { chatUrl: 'http://chat.example.com' }, ['different_site', 'insecure_address']],
    ['a permission is missing', { admin: { kind: 'works', missing: ['logout-other-user'] } }, ['admin_forbidden']],
    ['without the admin only what strangers see', { admin: { kind: 'refused' }, isOffered: false }, ['admin_refused']],
    [
      'no provider at all',
      { settings: new Map([['Site_Url', 'https://chat.example.org']]) },
      ['provider_missing', 'commands_wrong_origin', 'events_wrong_origin'],
    ],
  ])('%s', (_name, over, expected) => expect(causes(over)).toEqual(expected));

  it('the clock counts from a minute on', () => {
    const skewed = (skewMs: number) => causes({ reached: { kind: 'rocketchat', profile: profile('8.9'), skewMs } });
    expect([skewed(59_000), skewed(61_000), skewed(-61_000)]).toEqual([[], ['clock_skew'], ['clock_skew']]);
  });
});

describe('what only follows is left out', () => {
  it.each<[string, Partial<Observations>, OwnAccount, string[]]>([
    [
      'an account that waits for a server that is away',
      { reached: { kind: 'unreachable', reason: 'x' } },
      mine({ state: 'waiting' }),
      ['unreachable'],
    ],
    [
      'an account that waits for the admin',
      { admin: { kind: 'refused' } },
      mine({ state: 'waiting' }),
      ['admin_refused'],
    ],
    [
      'a conflict is its own',
      {},
      mine({ state: 'conflict', isActive: null, missingChannels: ['general'] }),
      ['account_conflict'],
    ],
    [
      'channels of an account that is off',
      {},
      mine({ isActive: false, missingChannels: ['general'] }),
      ['account_disabled'],
    ],
    ['an account that waits for nothing that was found', {}, mine({ state: 'waiting' }), ['account_waiting']],
    ['a channel of mine', {}, mine({ missingChannels: ['vip'] }), ['not_in_channel']],
  ])('%s', (_name, over, own, expected) => expect(causes(over, own)).toEqual(expected));
});
