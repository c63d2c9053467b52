import {
  BUILT_IN_CHANNELS,
  ROCKETCHAT_CAUSE_NAMES,
  type RocketChatCause,
  type RocketChatFinding,
  type RocketChatRemedy,
} from '@besedka/contracts';
import { customOAuthSettingId, type SettingValue } from '@besedka/rocketchat';
import { type DesiredState, PROVIDER, WIZARD } from '../desired-state.js';
import { frameRefusal } from '../frame-permission.js';
import { differOnlyInScheme, isSameSite } from '../sign-in/same-site.js';
import type { Observations, OwnAccount } from './observations.js';

/** Milliseconds between the clocks from which it matters; `Date` tells whole seconds only. */
const SKEW_MS = 60_000;

type Facts = Record<string, string>;

/** What mends a cause, for somebody who may. */
const REMEDIES: Readonly<Partial<Record<RocketChatCause, RocketChatRemedy>>> = {
  unreachable: 'reload',
  starting: 'reload',
  site_url_differs: 'apply',
  different_site: 'open-directly',
  insecure_address: 'open-directly',
  frame_forbidden_by_header: 'apply',
  frame_forbidden_by_policy: 'open-directly',
  wizard_open: 'apply',
  provider_missing: 'apply',
  provider_disabled: 'apply',
  provider_differs: 'apply',
  client_secret_wrong: 'apply',
  client_disabled: 'apply',
  iframe_auth_off: 'apply',
  commands_off: 'apply',
  commands_wrong_origin: 'apply',
  events_off: 'apply',
  events_wrong_origin: 'apply',
  channels_missing: 'apply',
  account_waiting: 'reload',
};

/** Collects findings; `has` is how a consequence knows that its root was found. */
class Findings {
  readonly list: RocketChatFinding[] = [];

  add(cause: RocketChatCause, facts: Facts = {}, remedy = REMEDIES[cause] ?? 'none'): void {
    this.list.push({ cause, remedy, facts });
  }

  has(...causes: RocketChatCause[]): boolean {
    return this.list.some(({ cause }) => causes.includes(cause));
  }

  /** Most fundamental first, as the contract orders the causes. */
  sorted(): RocketChatFinding[] {
    const rank = ({ cause }: RocketChatFinding): number => ROCKETCHAT_CAUSE_NAMES.indexOf(cause);
    return [...this.list].sort((a, b) => rank(a) - rank(b));
  }
}

/**
 * What is wrong, out of what was seen: the first cause first. What only follows from something that was found is left out.
 * @param own null: the asker's account was not looked at
 */
export function findingsOf(seen: Observations, own: OwnAccount | null): RocketChatFinding[] {
  const found = new Findings();
  const { chatUrl } = seen;
  if (chatUrl === null) {
    found.add('not_configured', { setting: 'ROCKETCHAT_URL' });
    return found.list;
  }
  if (!seen.hasAdmin) found.add('not_configured', { setting: 'ROCKETCHAT_ADMIN_USER' });
  addresses(found, seen, chatUrl);
  reachable(found, seen);
  if (seen.reached?.kind === 'rocketchat') {
    version(found, seen);
    admin(found, seen);
    frame(found, seen, chatUrl);
    settings(found, seen, chatUrl);
    if (!found.has('version_unsupported')) signIn(found, seen);
    channels(found, seen);
  }
  if (own !== null) account(found, own);
  return found.sorted();
}

function addresses(found: Findings, { portalUrl }: Observations, chatUrl: string): void {
  const address = new URL(chatUrl).origin;
  if (portalUrl.startsWith('https:') && chatUrl.startsWith('http:')) found.add('insecure_address', { address });
  // With https on both sides it would be one site: the missing encryption is the root.
  const isMixed = found.has('insecure_address') && differOnlyInScheme(portalUrl, chatUrl);
  if (!isMixed && !isSameSite(portalUrl, chatUrl)) found.add('different_site', { address });
}

function reachable(found: Findings, { reached, publicReached, apiUrl, chatUrl, isReady }: Observations): void {
  const address = apiUrl ?? '';
  if (reached?.kind === 'unreachable') found.add('unreachable', { address, reason: reached.reason });
  else if (reached?.kind === 'something-else') {
    found.add('not_rocketchat', { address, status: String(reached.status) });
  } else if (reached?.kind === 'failing') found.add('starting', { address, status: String(reached.status) });
  else if (isReady === false) found.add('starting', { address });
  // From here the address of browsers may well be out of reach; another program there is certain.
  if (publicReached?.kind === 'something-else' && !found.has('not_rocketchat')) {
    found.add('not_rocketchat', { address: chatUrl ?? '', status: String(publicReached.status) });
  }
}

function version(found: Findings, { reached, mode, isOffered }: Observations): void {
  if (reached?.kind !== 'rocketchat') return;
  const { profile, skewMs } = reached;
  const { text } = profile.version;
  // Offered all the same: there is a licence.
  const needsLicence = mode === 'oauth' && profile.customOAuthNeedsLicence && isOffered !== true;
  const isPossible = mode === null || mode === 'oauth' || profile.signInModes.includes(mode);
  if (profile.problems.length > 0 || needsLicence || !isPossible) {
    found.add('version_unsupported', { version: text, ...(mode !== null && { mode }) });
  }
  if (skewMs !== null && Math.abs(skewMs) > SKEW_MS) {
    found.add('clock_skew', { seconds: String(Math.round(skewMs / 1000)) });
  }
}

function admin(found: Findings, { admin: state }: Observations): void {
  switch (state?.kind) {
    case 'refused':
      return found.add('admin_refused');
    case 'second-factor':
      return found.add('admin_second_factor');
    case 'forbidden':
      return found.add('admin_forbidden', { permission: state.what });
    case 'works':
      if (state.missing.length > 0) found.add('admin_forbidden', { permission: state.missing.join(', ') });
  }
}

function frame(found: Findings, { page, portalUrl, settings: values }: Observations, chatUrl: string): void {
  const refusal = page === null ? null : frameRefusal(page, new URL(portalUrl).origin, new URL(chatUrl).origin);
  if (refusal === null) return;
  // Our command changes the server's own setting; a header of the proxy in front is beyond it.
  const isOurs = values === null || values.get('Iframe_Restrict_Access') === true;
  const remedy = refusal.cause === 'frame_forbidden_by_header' && !isOurs ? 'open-directly' : undefined;
  found.add(refusal.cause, { value: refusal.value }, remedy);
}

function settings(found: Findings, { settings: values, portalUrl }: Observations, chatUrl: string): void {
  if (values === null) return;
  const portal = new URL(portalUrl).origin;
  const text = (id: string): string => asText(values.get(id));
  if (values.has('Site_Url') && withoutSlash(text('Site_Url')) !== withoutSlash(chatUrl)) {
    found.add('site_url_differs', { value: text('Site_Url'), expected: chatUrl });
  }
  if (values.has(WIZARD) && text(WIZARD) !== 'completed') found.add('wizard_open', { value: text(WIZARD) });
  if (values.get('Iframe_Integration_receive_enable') === false) found.add('commands_off');
  else if (!allowsOrigin(text('Iframe_Integration_receive_origin'), portal)) {
    found.add('commands_wrong_origin', { value: text('Iframe_Integration_receive_origin'), expected: portal });
  }
  if (values.get('Iframe_Integration_send_enable') === false) found.add('events_off');
  else if (!allowsOrigin(text('Iframe_Integration_send_target_origin'), portal)) {
    found.add('events_wrong_origin', { value: text('Iframe_Integration_send_target_origin'), expected: portal });
  }
}

function signIn(found: Findings, seen: Observations): void {
  const { mode, desired, settings: values } = seen;
  if (mode === 'iframe-token') {
    const wrong = desired === null || values === null ? [] : differing(desired.settings, values, /^Accounts_iframe_/i);
    if (wrong.length > 0) found.add('iframe_auth_off', { fields: wrong.join(', ') });
    if (seen.tokenSecret === 'missing') found.add('token_secret_wrong', { setting: 'ROCKETCHAT_TOKEN_SECRET' });
    if (seen.tokenSecret === 'wrong') found.add('token_secret_wrong');
    return;
  }
  if (mode === 'oauth') provider(found, seen, desired);
}

function provider(found: Findings, seen: Observations, desired: DesiredState | null): void {
  const { settings: values, isOffered, client } = seen;
  const id = customOAuthSettingId(PROVIDER);
  if (values === null) {
    // Seen by a stranger: all that can be said without the admin.
    if (isOffered === false && seen.admin === null) found.add('provider_missing');
    return;
  }
  if (!values.has(id)) return found.add('provider_missing');
  if (values.get(id) !== true) found.add('provider_disabled');
  else if (isOffered === false) found.add('provider_missing');
  const wanted = Object.entries(desired?.provider?.fields ?? {});
  const fields = wanted.filter(([field, value]) => values.get(`${id}-${field}`) !== value).map(([field]) => field);
  if (client?.isRegistered === true && !client.idFits) fields.push('id');
  if (fields.length > 0) found.add('provider_differs', { fields: fields.join(', ') });
  if (client === null) return;
  if (!client.isRegistered) found.add('client_disabled');
  else {
    if (client.problems.length > 0) found.add('client_disabled', { fields: client.problems.join(', ') });
    // The secret of another application fits no better.
    if (client.idFits && !client.secretFits) found.add('client_secret_wrong');
  }
}

function channels(found: Findings, { missingChannels }: Observations): void {
  if (missingChannels === null || missingChannels.length === 0) return;
  found.add('channels_missing', { channels: titles(missingChannels) });
}

function account(found: Findings, { state, isActive, missingChannels }: OwnAccount): void {
  if (state === 'conflict') return found.add('account_conflict');
  if (state === 'waiting') {
    // While the server or the admin account is the matter, nobody's account can be made.
    const isConsequence = found.has('not_configured', 'unreachable', 'not_rocketchat', 'starting', ...ADMIN);
    if (!isConsequence) found.add('account_waiting');
    return;
  }
  if (isActive === false) return found.add('account_disabled');
  if (missingChannels.length > 0) found.add('not_in_channel', { channels: titles(missingChannels) });
}

const ADMIN = ['admin_refused', 'admin_second_factor', 'admin_forbidden'] as const;

function differing(
  wanted: Readonly<Record<string, SettingValue>>,
  values: ReadonlyMap<string, SettingValue>,
  which: RegExp,
): string[] {
  return Object.entries(wanted)
    .filter(([id, value]) => which.test(id) && values.get(id) !== value)
    .map(([id]) => id);
}

function allowsOrigin(list: string, origin: string): boolean {
  return list.split(',').some((one) => ['*', origin].includes(withoutSlash(one.trim())));
}

function titles(keys: readonly string[]): string {
  return BUILT_IN_CHANNELS.filter(({ key }) => keys.includes(key))
    .map(({ title }) => title)
    .join(', ');
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '');

const asText = (value: SettingValue | undefined): string => (typeof value === 'string' ? value : '');
