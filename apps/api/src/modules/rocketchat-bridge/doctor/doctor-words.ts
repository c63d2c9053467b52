import type { DoctorCause, DoctorCheck, DoctorLine, DoctorReport } from '@besedka/contracts';
import type { Facts } from './lines.js';

/** The doctor's lines for a terminal. The page has texts of its own, in the person's language. */
export function doctorText({ lines, state }: DoctorReport): string {
  const shown = lines.flatMap((line) => {
    const first = `${MARKS[line.state]}  ${NAMES[line.check].padEnd(30)}${sentenceOf(line)}\n`;
    return line.command === null ? [first] : [first, `${' '.repeat(11)}→ ${line.command}\n`];
  });
  return `${shown.join('')}\n${SUMMARY[state]}\n`;
}

const MARKS: Readonly<Record<DoctorLine['state'], string>> = {
  ok: 'ok     ',
  warning: 'warning',
  wrong: 'WRONG  ',
  off: '–      ',
};
const SUMMARY: Readonly<Record<DoctorReport['state'], string>> = {
  ok: 'All is well.',
  warning: 'Everything works; look at the warnings.',
  wrong: 'Something is wrong: each line says what mends it.',
};

const NAMES: Readonly<Record<DoctorCheck, string>> = {
  settings: 'Settings',
  app: 'Portal',
  'public-address': 'Portal at its public address',
  postgres: 'PostgreSQL',
  migrations: 'Tables',
  redis: 'Redis',
  mongo: 'MongoDB',
  rocketchat: 'Rocket.Chat',
  'rocketchat-ready': 'Rocket.Chat’s own checks',
  'rocketchat-version': 'Rocket.Chat’s version',
  'rocketchat-address': 'Rocket.Chat for browsers',
  'same-site': 'One site',
  clock: 'Clocks',
  'admin-account': 'Admin account',
  'token-secret': 'Secret for login tokens',
  wizard: 'Set-up wizard',
  registration: 'Registration',
  'sign-in': 'Sign-in from the portal',
  frame: 'Chat inside the portal',
  channels: 'Channels',
  disk: 'Disk',
};

function sentenceOf({ check, state, cause, facts }: DoctorLine): string {
  if (cause !== null) return CAUSES[cause](facts);
  return state === 'off' ? (OFF[check] ?? 'not part of this installation') : (FINE[check]?.(facts) ?? 'as it shall be');
}

const OFF: Partial<Record<DoctorCheck, string>> = {
  app: 'not asked: the system chooses its port',
  redis: 'not used by this version: one process carries all sockets',
  mongo: 'not asked: ROCKETCHAT_MONGO_URL is not set',
  rocketchat: 'not set up: messages are carried by the portal itself',
  'token-secret': 'not used: people are not signed in by token',
};

const FINE: Partial<Record<DoctorCheck, (facts: Facts) => string>> = {
  settings: ({ mode }) => `can be read; mode ${mode}`,
  app: ({ version, commit }) => `runs ${version} (${commit}), the same as its files`,
  'public-address': ({ address }) => `${address} answers with the same build`,
  postgres: ({ version }) => version ?? '',
  migrations: ({ count }) => `${count} migrations, those of this build`,
  mongo: ({ version, set }) => `${version}, replica set ${set} with a primary`,
  rocketchat: ({ address, version }) => `${version} at ${address}`,
  'rocketchat-version': ({ mode }) => `people are signed in by ${mode}`,
  'rocketchat-address': ({ address }) => address ?? '',
  'admin-account': ({ account }) => `${account} is an admin and signs in`,
  'token-secret': () => 'makes login tokens',
  'sign-in': () => 'set up as the portal needs it',
  frame: () => 'Rocket.Chat may be shown there, and hears and answers',
  channels: () => 'all there',
  wizard: () => 'completed',
  registration: ({ registered }) =>
    registered === 'yes' ? 'the workspace is registered' : 'not registered with the maker; nothing here needs it',
  disk: ({ free, total }) => `${free} of ${total} GiB free`,
};

const CAUSES: Readonly<Record<DoctorCause, (facts: Facts) => string>> = {
  not_asked: () => 'not asked: mend the lines above first',
  settings_wrong: ({ why }) => why ?? '',
  app_not_running: ({ address }) => `nothing answers at ${address}: the server does not run`,
  app_not_besedka: ({ address }) => `what answers at ${address} is not this portal: another program has the port`,
  app_other_build: ({ running, files }) => `runs ${running}, but its files are ${files}: stop it and start it again`,
  public_unreachable: ({ address }) => `PUBLIC_URL ${address} cannot be reached from this machine; people may`,
  public_not_besedka: ({ address }) => `what answers at PUBLIC_URL ${address} is not this portal`,
  public_other_build: ({ address, running, files }) =>
    `${address} is served by ${running}, but the files here are ${files}: an old process or container still runs`,
  postgres_missing: ({ why }) => why ?? '',
  postgres_unreachable: ({ code }) => `the server at DATABASE_URL does not answer${code ? ` (${code})` : ''}`,
  postgres_refused: ({ what }) => `the server at DATABASE_URL refuses the ${what} given there`,
  postgres_too_old: ({ version }) => `${version} is too old: take 15 or newer`,
  migrations_none: () => 'there are none yet: a start of the server makes them',
  migrations_pending: ({ count }) => `${count} migrations of this build are missing: a start of the server runs them`,
  migrations_unknown: ({ count }) => `${count} migrations are of a newer build: run that one`,
  mongo_unreachable: ({ hosts }) => `no server of ROCKETCHAT_MONGO_URL answers (${hosts})`,
  mongo_refused: () => 'it refuses the account of ROCKETCHAT_MONGO_URL',
  mongo_no_replica_set: ({ how }) =>
    how === 'standalone'
      ? 'it runs alone, and Rocket.Chat needs a replica set: start mongod with --replSet rs0, then initiate it'
      : 'its replica set was never initiated',
  mongo_no_primary: ({ set }) => `replica set ${set} has no primary: Rocket.Chat says "Topology is closed"`,
  mongo_seen_degraded: ({ status }) => `Rocket.Chat says of its MongoDB: ${status}`,
  rocketchat_unreachable: ({ address, why, setting }) =>
    `${address} cannot be reached from here (${why}): start Rocket.Chat, or correct ${setting}`,
  rocketchat_not_rocketchat: ({ address }) =>
    `what answers at ${address} is no Rocket.Chat: a proxy in front, or a wrong address`,
  rocketchat_failing: ({ address, status }) => `${address} answers with ${status}: it, or a proxy in front, fails`,
  rocketchat_unready: ({ checks }) =>
    `it says that it cannot work${checks ? ` (${checks})` : ''}; wait, or look at its log`,
  version_unknown: ({ version }) => `${version} was never tried with this portal: 7.x to 9.x are known`,
  version_broken: ({ why }) => why ?? '',
  version_needs_licence: ({ version }) => `${version} allows custom OAuth only with a licence`,
  version_mode_unsupported: ({ version, mode }) => `${version} cannot sign people in by ${mode}`,
  address_unreachable: ({ address }) => `ROCKETCHAT_URL ${address} cannot be reached from this machine; browsers may`,
  address_not_rocketchat: ({ address }) => `what answers at ROCKETCHAT_URL ${address} is no Rocket.Chat`,
  address_insecure: ({ address }) =>
    `${address} is http, and the portal is https: browsers refuse to show it in a frame`,
  address_differs: ({ site, address }) => `it believes to be at ${site}, but ROCKETCHAT_URL is ${address}`,
  different_site: ({ portal, chat }) =>
    `${portal} and ${chat} are two sites: browsers keep the sign-in from the frame. Put both under one domain`,
  clock_skew: ({ seconds, direction }) => `Rocket.Chat’s clock is ${seconds} s ${direction}: sign-ins fail`,
  clock_drift: ({ seconds, direction }) => `Rocket.Chat’s clock is ${seconds} s ${direction}`,
  admin_missing: () => 'there is none: set these variables to an admin of Rocket.Chat that nobody else uses',
  admin_refused: () => 'its password or token is refused',
  admin_locked: () => 'it is locked after wrong passwords; the lock ends by itself after five minutes',
  admin_second_factor: () => 'it is asked for a code that only a person can give: take the authenticator app off it',
  admin_no_admin: ({ account }) => `${account || 'it'} is no admin in Rocket.Chat`,
  admin_unanswered: ({ why }) => `it could not be asked (${why})`,
  token_secret_missing: () =>
    'it is not set, so nobody can sign in: set it to the CREATE_TOKENS_FOR_USERS_SECRET of Rocket.Chat’s environment',
  token_secret_wrong: () =>
    'Rocket.Chat refuses it, so nobody can sign in: set it and CREATE_TOKENS_FOR_USERS_SECRET there to one value, start both again',
  token_secret_unanswered: () => 'it could not be tried; ask again',
  wizard_open: ({ value }) =>
    `the wizard waits for an admin (${value}): set this in Rocket.Chat’s environment, start it again`,
  not_registered: () => 'the workspace is not registered: its wizard comes back with every new version',
  admin_forbidden: ({ permission }) => `it may not do everything that the portal needs (${permission})`,
  provider_missing: () => 'Rocket.Chat does not know the portal: nobody can sign in',
  provider_disabled: () => 'it is switched off in Rocket.Chat: nobody can sign in',
  provider_differs: ({ fields }) => `its fields in Rocket.Chat are not those of the portal (${fields})`,
  client_secret_wrong: () => 'the client secret in Rocket.Chat is a wrong one: nobody can sign in',
  client_disabled: ({ fields }) =>
    `the portal’s application for Rocket.Chat is missing, disabled or another${fields ? ` (${fields})` : ''}: nobody can sign in`,
  iframe_auth_off: ({ fields }) => `the sign-in by token is off or leads elsewhere (${fields}): nobody can sign in`,
  frame_forbidden_by_header: ({ value }) => `Rocket.Chat, or a proxy in front, forbids it (${value})`,
  frame_forbidden_by_policy: ({ value }) =>
    `a proxy in front of Rocket.Chat forbids it (${value}): name the portal there`,
  commands_off: () => 'Rocket.Chat takes no commands of the portal: nobody is signed in, no room is opened',
  commands_wrong_origin: ({ value, expected }) =>
    `Rocket.Chat takes commands from ${value || 'nowhere'}, not from ${expected}`,
  events_off: () => 'Rocket.Chat tells the portal’s page nothing',
  events_wrong_origin: ({ value, expected }) =>
    `Rocket.Chat tells its news to ${value || 'nobody'}, not to ${expected}`,
  channels_missing: ({ channels }) => `not there: ${channels}`,
  disk_low: ({ free, folder }) => `only ${free} GiB left for ${folder}`,
  disk_full: ({ free, folder }) => `${free} GiB left for ${folder}: PostgreSQL and uploads are about to fail`,
  disk_unreadable: ({ folder }) => `${folder} cannot be looked at: nothing was kept there yet`,
};
