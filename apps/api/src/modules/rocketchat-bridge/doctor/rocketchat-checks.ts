import type { DoctorCheck, DoctorLine } from '@besedka/contracts';
import { isRocketChatError, RocketChatClient, type ServerHealth, type ServerProfile } from '@besedka/rocketchat';
import { apiUrlVariable, type RocketChatConfig, type RocketChatMode } from '../../../config/rocketchat.config.js';
import { WIZARD } from '../desired-state.js';
import { isSameSite } from '../sign-in/same-site.js';
import { tokenSecretFits } from '../token-secret.js';
import { notAsked, off, ok, warning, wrong } from './lines.js';
import { PATIENCE_MS, type Patient } from './patient.js';

/** Lines about Rocket.Chat, in the order of `DOCTOR_CHECKS`. */
const CHECKS = [
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
] as const satisfies readonly DoctorCheck[];

/** Seconds between the clocks from which codes and tokens of one side may look wrong to the other; `Date` tells whole seconds. */
const SKEW_WRONG = 60;
const SKEW_WARNING = 10;

/** One value, here and in Rocket.Chat's environment. */
const SECRET = 'ROCKETCHAT_TOKEN_SECRET, CREATE_TOKENS_FOR_USERS_SECRET';
export const APPLY = 'npm run besedka -- rocketchat apply';
/** Starts the one of our compose file; another one is started in ways that we do not know. */
const START = 'docker compose -f docker-compose.local.yml up -d rocketchat';

/** What the anonymous addresses told. */
interface Seen {
  readonly profile: ServerProfile;
  readonly registered: boolean;
  /** Its clock before ours, in seconds. */
  readonly skew: number | null;
}

/** Everything about Rocket.Chat that can be seen from here, before and behind the sign-in. */
export async function checkRocketChat(patient: Patient): Promise<DoctorLine[]> {
  const { stranger, config } = patient;
  const { url, apiUrl } = config.rocketChat;
  if (stranger === null || url === null || apiUrl === null) return CHECKS.map(off);
  const reached = await reach(stranger, apiUrl);
  if ('check' in reached) return [withRemedy(reached, patient), ...CHECKS.slice(1).map(withoutServer(patient, url))];
  const [ready, admin] = await Promise.all([readiness(stranger), checkAdmin(patient, reached)]);
  return [
    ok('rocketchat', { address: apiUrl, version: reached.profile.version.text }),
    ready,
    version(reached.profile, config.rocketChat.mode),
    await browserAddress(patient, url, apiUrl, admin.siteUrl),
    sameSite(config.http.publicUrl, url),
    clock(reached.skew),
    ...admin.lines,
  ];
}

/** F06, without an account of our own in the database: what Rocket.Chat says of its MongoDB. Null: nothing bad, or nothing at all. */
export async function mongoAsSeenByRocketChat({ stranger }: Patient): Promise<DoctorLine | null> {
  const health = await stranger?.info.health({ timeoutMs: PATIENCE_MS }).catch(() => null);
  const status = health?.checks['mongo'];
  return status === undefined || status === 'ok' ? null : wrong('mongo_seen_degraded', { status });
}

/** A server that is away is started, or its address is another. */
function withRemedy(line: DoctorLine, { config: { mode, rocketChat } }: Patient): DoctorLine {
  if (line.cause !== 'rocketchat_unreachable') return line;
  const facts = { ...line.facts, setting: apiUrlVariable(rocketChat) };
  return { ...line, facts, command: mode === 'local' ? START : null };
}

/** Only what needs no answer of the server. */
const withoutServer =
  ({ config }: Patient, url: string) =>
  (check: DoctorCheck): DoctorLine => {
    if (check === 'same-site') return sameSite(config.http.publicUrl, url);
    if (check === 'token-secret') return secretUnasked(config.rocketChat, config.rocketChat.mode);
    return notAsked(check);
  };

async function reach(stranger: RocketChatClient, address: string): Promise<Seen | DoctorLine> {
  try {
    const profile = await stranger.info.profile();
    return { profile, ...(await aside(address)) };
  } catch (error) {
    if (!isRocketChatError(error)) throw error;
    switch (error.kind) {
      case 'unavailable':
        return wrong('rocketchat_failing', { address, status: String(error.status ?? '') });
      case 'unexpected-answer':
      case 'not-found':
        return wrong('rocketchat_not_rocketchat', { address, status: String(error.status ?? '') });
      default:
        return wrong('rocketchat_unreachable', { address, why: error.reason ?? error.kind });
    }
  }
}

/** What the client does not pass on: the clock, and whether the workspace is registered. */
async function aside(address: string): Promise<Pick<Seen, 'skew' | 'registered'>> {
  const before = Date.now();
  const response = await fetch(`${address}/api/info`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  const now = (before + Date.now()) / 2;
  const date = Date.parse(response?.headers.get('date') ?? '');
  const body: unknown = await response?.json().catch(() => null);
  const workspace =
    typeof body === 'object' && body !== null && 'cloudWorkspaceId' in body ? body.cloudWorkspaceId : '';
  return {
    // The header cuts the second off.
    skew: Number.isNaN(date) ? null : (date + 500 - now) / 1000,
    registered: typeof workspace === 'string' && workspace !== '',
  };
}

async function readiness(stranger: RocketChatClient): Promise<DoctorLine> {
  let health: ServerHealth;
  try {
    health = await stranger.info.health();
  } catch {
    return wrong('rocketchat_unready', { checks: '' });
  }
  if (health.ready) return ok('rocketchat-ready');
  const checks = Object.entries(health.checks)
    .filter(([, status]) => status !== 'ok')
    .map(([name, status]) => `${name}: ${status}`);
  return wrong('rocketchat_unready', { checks: checks.join(', ') });
}

function version(profile: ServerProfile, mode: 'oauth' | 'iframe-token' | null): DoctorLine {
  const { text } = profile.version;
  const facts = { version: text };
  if (mode === 'oauth' && profile.customOAuthNeedsLicence) {
    return wrong('version_needs_licence', facts, 'ROCKETCHAT_MODE=iframe-token');
  }
  if (mode !== null && !profile.signInModes.includes(mode)) {
    return wrong('version_mode_unsupported', { ...facts, mode }, `ROCKETCHAT_MODE=${profile.signInModes[0] ?? ''}`);
  }
  if (profile.name === 'unknown') return warning('version_unknown', facts);
  if (profile.problems.length > 0) return warning('version_broken', { ...facts, why: profile.problems.join(' ') });
  return ok('rocketchat-version', { ...facts, mode: mode ?? profile.signInModes[0] ?? '' });
}

/** The address that browsers use: not mixed content, leading to Rocket.Chat, and the one that it believes in (F11). */
async function browserAddress(
  { config }: Patient,
  url: string,
  apiUrl: string,
  siteUrl: string | null,
): Promise<DoctorLine> {
  const { publicUrl } = config.http;
  if (publicUrl.startsWith('https:') && !url.startsWith('https:')) return wrong('address_insecure', { address: url });
  if (url !== apiUrl) {
    const there = await reach(strangerAt(url), url);
    if ('check' in there) {
      // People may reach what this machine cannot: a name that only their network knows.
      return there.cause === 'rocketchat_unreachable'
        ? warning('address_unreachable', { address: url })
        : wrong('address_not_rocketchat', { address: url });
    }
  }
  if (siteUrl !== null && siteUrl !== url) return wrong('address_differs', { address: url, site: siteUrl }, APPLY);
  return ok('rocketchat-address', { address: url });
}

function sameSite(portal: string, chat: string): DoctorLine {
  return isSameSite(portal, chat) ? ok('same-site') : wrong('different_site', { portal, chat });
}

function clock(skew: number | null): DoctorLine {
  if (skew === null) return notAsked('clock');
  const seconds = Math.round(Math.abs(skew));
  const facts = { seconds: String(seconds), direction: skew > 0 ? 'ahead' : 'behind' };
  if (seconds >= SKEW_WRONG) return wrong('clock_skew', facts, 'timedatectl set-ntp true');
  if (seconds >= SKEW_WARNING) return warning('clock_drift', facts, 'timedatectl set-ntp true');
  return ok('clock');
}

/** Account, wizard, registration; and the address that the server believes in, for another line. */
async function checkAdmin(
  { admin, config: { rocketChat } }: Patient,
  { registered, profile }: Seen,
): Promise<{ lines: DoctorLine[]; siteUrl: string | null }> {
  const mode = rocketChat.mode ?? profile.signInModes[0] ?? null;
  const registration = ok('registration', { registered: registered ? 'yes' : 'no' });
  const without = (line: DoctorLine) => ({
    lines: [line, secretUnasked(rocketChat, mode), notAsked('wizard'), registration],
    siteUrl: null,
  });
  if (admin === null) return without(wrong('admin_missing', {}, 'ROCKETCHAT_ADMIN_USER, ROCKETCHAT_ADMIN_PASSWORD'));
  // The shared connection of the server waits longer than anybody looks at a list.
  const signal = AbortSignal.timeout(2 * PATIENCE_MS);
  const options = { timeoutMs: PATIENCE_MS, rateLimitWaitMs: PATIENCE_MS, signal };
  try {
    const me = await admin.auth.me(options);
    const account = { account: me.username ?? '' };
    if (!(me.roles ?? []).includes('admin')) return without(wrong('admin_no_admin', account));
    const wizard = String((await admin.settings.get(WIZARD, options)).value);
    const siteUrl = String((await admin.settings.get('Site_Url', options)).value);
    const isOpen = wizard !== 'completed';
    const { tokenSecret } = rocketChat;
    const tries = mode === 'iframe-token' && tokenSecret !== null;
    return {
      lines: [
        ok('admin-account', account),
        tries ? await checkSecret(admin, me._id, tokenSecret, signal) : secretUnasked(rocketChat, mode),
        isOpen ? wrong('wizard_open', { value: wizard }, `OVERWRITE_SETTING_${WIZARD}=completed`) : ok('wizard'),
        // A workspace of its own is a good one; but then the wizard comes back with every version that is not told otherwise (F04).
        isOpen && !registered ? warning('not_registered') : registration,
      ],
      siteUrl: siteUrl.replace(/\/+$/, ''),
    };
  } catch (error) {
    if (isRocketChatError(error)) return without(refused(error));
    if (signal.aborted) return without(wrong('admin_unanswered', { why: 'timeout' }));
    throw error;
  }
}

/** Without trying it: whether it is needed, and there. */
function secretUnasked(
  { tokenSecret }: Pick<RocketChatConfig, 'tokenSecret'>,
  mode: RocketChatMode | null,
): DoctorLine {
  if (mode === 'oauth') return off('token-secret');
  if (mode === 'iframe-token' && tokenSecret === null) return wrong('token_secret_missing', {}, SECRET);
  return notAsked('token-secret');
}

/** Whether Rocket.Chat takes it. */
async function checkSecret(
  admin: RocketChatClient,
  userId: string,
  secret: string,
  signal: AbortSignal,
): Promise<DoctorLine> {
  const fits = await tokenSecretFits(admin, userId, secret, signal);
  if (fits === null) return warning('token_secret_unanswered');
  return fits ? ok('token-secret') : wrong('token_secret_wrong', {}, SECRET);
}

function refused({ kind, errorType, reason }: { kind: string; errorType?: string; reason?: string }): DoctorLine {
  if (errorType?.startsWith('error-login-blocked') === true) return wrong('admin_locked');
  switch (kind) {
    case 'unauthorized':
      return wrong('admin_refused');
    case 'second-factor':
      return wrong('admin_second_factor');
    case 'forbidden':
      return wrong('admin_no_admin', { account: '' });
    default:
      return wrong('admin_unanswered', { why: reason ?? kind });
  }
}

/** Short patience, no second try: a doctor tells what is, now. */
export const IMPATIENT = { timeoutMs: PATIENCE_MS, rateLimitWaitMs: PATIENCE_MS, retry: { attempts: 1 } } as const;

/** A client that nobody knows. */
export function strangerAt(baseUrl: string): RocketChatClient {
  return new RocketChatClient({ baseUrl, ...IMPATIENT });
}
