import type { Setting, SettingValue } from './model.js';
import { newSetting } from './settings.js';

/** Prefix of every setting of a custom provider. */
export const CUSTOM_OAUTH = 'Accounts_OAuth_Custom-';

/**
 * The name of a provider as the server keeps it: lower-case, only a-z, 0-9 and `_`, the first letter upper-cased.
 * `''` when nothing is left.
 */
export function providerName(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9_]/g, '');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

const choice = (...values: string[]): Partial<Setting> => ({ type: 'select', values });
const premium = (invalidValue: SettingValue): Partial<Setting> => ({ enterprise: true, invalidValue });

/** Suffix → value at creation. The order is that of the admin page. */
const FIELDS: readonly [suffix: string, value: SettingValue, more?: Partial<Setting>][] = [
  ['-url', ''],
  ['-token_path', '/oauth/token'],
  ['-token_sent_via', 'payload', choice('header', 'payload')],
  ['-identity_token_sent_via', 'default', choice('default', 'header', 'payload')],
  ['-identity_path', '/me'],
  ['-authorize_path', '/oauth/authorize'],
  ['-scope', 'openid'],
  ['-access_token_param', 'access_token'],
  ['-id', ''],
  ['-secret', '', { type: 'password' }],
  ['-login_style', 'popup', choice('redirect', 'popup', '')],
  ['-button_label_text', ''],
  ['-button_label_color', '#FFFFFF'],
  ['-button_color', '#1d74f5'],
  ['-key_field', 'username', choice('username', 'email')],
  ['-username_field', ''],
  ['-email_field', ''],
  ['-name_field', ''],
  ['-avatar_field', ''],
  ['-roles_claim', 'roles', premium('')],
  ['-groups_claim', 'groups', premium('')],
  ['-channels_admin', 'rocket.cat'],
  ['-map_channels', false, premium(false)],
  ['-merge_roles', false, premium(false)],
  ['-roles_to_sync', '', premium('')],
  ['-merge_users', false],
  ['-merge_users_distinct_services', false],
  ['-show_button', true],
  ['-groups_channel_map', '{\n\t"rocket-admin": "admin",\n\t"tech-support": "support"\n}', { type: 'code' }],
];

/**
 * The settings of a new provider.
 *
 * @param name normalised
 * @param values from the environment: suffix with underscores (`token_path`) → text; they only matter at creation
 * @param premiumProvider the switch itself needs a licence (9.0)
 */
export function providerSettings(
  name: string,
  values: Readonly<Record<string, string>> = {},
  premiumProvider = false,
): Setting[] {
  const place = { group: 'OAuth', section: `Custom OAuth: ${name}` };
  const started = values[''] === 'true';
  const first = newSetting(CUSTOM_OAUTH + name, started, { ...place, ...(premiumProvider ? premium(false) : {}) });
  const others = FIELDS.map(([suffix, value, more]) => {
    const given = values[suffix.slice(1)];
    return newSetting(CUSTOM_OAUTH + name + suffix, fromEnvironment(suffix, value, given), { ...place, ...more });
  });
  return [first, ...others];
}

function fromEnvironment(suffix: string, value: SettingValue, given: string | undefined): SettingValue {
  if (given === undefined || given === '') return value;
  if (typeof value !== 'boolean') return given;
  // The real code reads `env === 'true' || default`, so this one can never be switched off from the environment.
  return suffix === '-show_button' ? true : given === 'true';
}

/** Providers that the environment asks for: `Accounts_OAuth_Custom_<Name>` and `…_<suffix>`. */
export function providersOfEnvironment(env: Readonly<Record<string, string>>): Map<string, Record<string, string>> {
  const providers = new Map<string, Record<string, string>>();
  for (const [key, value] of Object.entries(env)) {
    const match = /^Accounts_OAuth_Custom_([A-Za-z0-9]+)(?:_(.+))?$/.exec(key);
    const name = match?.[1];
    if (!name) continue;
    const values = providers.get(name) ?? {};
    values[match[2] ?? ''] = value;
    providers.set(name, values);
  }
  return new Map([...providers].filter(([, values]) => values[''] === 'true'));
}
