/** `npm run doctor` and the doctor's lines on the Integration page. */
import { z } from 'zod';

/** `off`: not part of this installation. */
export const DOCTOR_STATES = ['ok', 'warning', 'wrong', 'off'] as const;
export type DoctorState = (typeof DOCTOR_STATES)[number];

/** What is looked at, in the order of the lines. */
export const DOCTOR_CHECKS = [
  'settings',
  'app',
  'public-address',
  'postgres',
  'migrations',
  'redis',
  'mongo',
  'rocketchat',
  'rocketchat-ready',
  'rocketchat-version',
  'rocketchat-address',
  'same-site',
  'clock',
  'admin-account',
  'token-secret',
  'wizard',
  'registration',
  'sign-in',
  'frame',
  'channels',
  'disk',
] as const;
export type DoctorCheck = (typeof DOCTOR_CHECKS)[number];

/** Everything that a line can say to be wrong, by the check that says it. */
export const DOCTOR_CAUSES = {
  settings_wrong: 'settings',
  app_not_running: 'app',
  app_not_besedka: 'app',
  app_other_build: 'app',
  public_unreachable: 'public-address',
  public_not_besedka: 'public-address',
  public_other_build: 'public-address',
  postgres_missing: 'postgres',
  postgres_unreachable: 'postgres',
  postgres_refused: 'postgres',
  postgres_too_old: 'postgres',
  migrations_none: 'migrations',
  migrations_pending: 'migrations',
  migrations_unknown: 'migrations',
  mongo_unreachable: 'mongo',
  mongo_refused: 'mongo',
  mongo_no_replica_set: 'mongo',
  mongo_no_primary: 'mongo',
  mongo_seen_degraded: 'mongo',
  rocketchat_unreachable: 'rocketchat',
  rocketchat_not_rocketchat: 'rocketchat',
  rocketchat_failing: 'rocketchat',
  rocketchat_unready: 'rocketchat-ready',
  version_unknown: 'rocketchat-version',
  version_broken: 'rocketchat-version',
  version_needs_licence: 'rocketchat-version',
  version_mode_unsupported: 'rocketchat-version',
  address_unreachable: 'rocketchat-address',
  address_not_rocketchat: 'rocketchat-address',
  address_insecure: 'rocketchat-address',
  address_differs: 'rocketchat-address',
  different_site: 'same-site',
  clock_skew: 'clock',
  clock_drift: 'clock',
  admin_missing: 'admin-account',
  admin_refused: 'admin-account',
  admin_locked: 'admin-account',
  admin_second_factor: 'admin-account',
  admin_no_admin: 'admin-account',
  admin_unanswered: 'admin-account',
  token_secret_missing: 'token-secret',
  token_secret_wrong: 'token-secret',
  token_secret_unanswered: 'token-secret',
  wizard_open: 'wizard',
  not_registered: 'registration',
  // As members see it at /chat: the same names.
  admin_forbidden: 'admin-account',
  provider_missing: 'sign-in',
  provider_disabled: 'sign-in',
  provider_differs: 'sign-in',
  client_secret_wrong: 'sign-in',
  client_disabled: 'sign-in',
  iframe_auth_off: 'sign-in',
  frame_forbidden_by_header: 'frame',
  frame_forbidden_by_policy: 'frame',
  commands_off: 'frame',
  commands_wrong_origin: 'frame',
  events_off: 'frame',
  events_wrong_origin: 'frame',
  channels_missing: 'channels',
  disk_low: 'disk',
  disk_full: 'disk',
  disk_unreadable: 'disk',
  /** Could not be asked, because an earlier line is wrong. */
  not_asked: 'rocketchat',
} as const satisfies Record<string, DoctorCheck>;
export type DoctorCause = keyof typeof DOCTOR_CAUSES;
export const DOCTOR_CAUSE_NAMES = Object.keys(DOCTOR_CAUSES) as [DoctorCause, ...DoctorCause[]];

/** One line. `facts` are short safe texts for its sentence (an address, a version), never a secret. */
export const doctorLine = z
  .object({
    check: z.enum(DOCTOR_CHECKS),
    state: z.enum(DOCTOR_STATES),
    /** Null when it is well or not part of this installation. */
    cause: z.enum(DOCTOR_CAUSE_NAMES).nullable(),
    facts: z.record(z.string(), z.string()),
    /** What to type, or to write into the environment, to mend it; null: words alone. */
    command: z.string().nullable(),
  })
  .meta({ id: 'DoctorLine' });
export type DoctorLine = z.infer<typeof doctorLine>;

/** All lines; `state` is the worst of them. */
export const doctorReport = z
  .object({ state: z.enum(['ok', 'warning', 'wrong']), checkedAt: z.iso.datetime(), lines: z.array(doctorLine) })
  .meta({ id: 'DoctorReport' });
export type DoctorReport = z.infer<typeof doctorReport>;
