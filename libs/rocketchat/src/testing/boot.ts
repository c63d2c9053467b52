import type { Core } from './core.js';
import { activeAdmins } from './domain/permissions.js';
import { insertUser } from './domain/users.js';
import { providerName, providerSettings, providersOfEnvironment } from './state/custom-oauth.js';
import { seedRoles } from './state/roles.js';
import { addSetting, seedSettings } from './state/settings.js';
import type { Setting, SettingValue } from './state/model.js';

/**
 * A start of the server: what is missing in the database is put there, the environment is looked at, the settings are
 * read.
 *
 * @param newVersion the program has another version than the last time, as at the first start
 */
export function boot(core: Core, newVersion: boolean): void {
  const { state, env } = core;
  if (state.roles.size === 0) seedRoles(state);
  for (const [name, values] of providersOfEnvironment(env)) {
    const settings = providerSettings(providerName(name), values, core.profile.customOAuthIsPremium);
    for (const setting of settings) addSetting(state, setting);
  }
  seedSettings(state);
  for (const setting of state.settings.values()) applyEnvironment(setting, env);
  core.settings.load();
  seedAccounts(core);
  wizard(core, newVersion);
  core.settings.load();
}

/** A bare name is the first value of a setting; `OVERWRITE_SETTING_…` is its value at every start, and locks it. */
function applyEnvironment(setting: Setting, env: Readonly<Record<string, string>>): void {
  const { _id } = setting;
  const first = env[_id];
  if (first !== undefined && setting.value === setting.packageValue) setting.value = converted(setting, first);
  const forced = env[`OVERWRITE_SETTING_${_id}`];
  if (forced !== undefined) setting.value = converted(setting, forced);
  const named = (list: string) => (env[list] ?? '').split(',').includes(_id);
  setting.blocked = forced !== undefined || named('SETTINGS_BLOCKED');
  setting.hidden = named('SETTINGS_HIDDEN');
}

function converted(setting: Setting, text: string): SettingValue {
  if (setting.type === 'boolean') return text === 'true';
  return setting.type === 'int' ? Number(text) : text;
}

/** The bot, the channel that always is there, and the admin of the environment when there is no other. */
function seedAccounts(core: Core): void {
  const { state, env } = core;
  if (!state.users.has('rocket.cat')) {
    insertUser(core, { _id: 'rocket.cat', username: 'rocket.cat', name: 'Rocket.Cat', type: 'bot', roles: ['bot'] });
  }
  if (!state.rooms.has('GENERAL')) {
    const now = core.clock.date();
    const u = { _id: 'rocket.cat', username: 'rocket.cat', name: 'Rocket.Cat' };
    const place = { _id: 'GENERAL', t: 'c', name: 'general', fname: 'general', default: true, ro: false } as const;
    state.rooms.set('GENERAL', { ...place, u, usersCount: 0, msgs: 0, ts: now, _updatedAt: now });
  }
  const people = [...state.users.values()].filter(({ type }) => type === 'user');
  if (activeAdmins(core).length > 0) return;
  if (env['ADMIN_PASS']) {
    insertUser(core, {
      username: env['ADMIN_USERNAME'] || 'admin',
      name: env['ADMIN_NAME'] || 'Administrator',
      email: env['ADMIN_EMAIL'] || undefined,
      verified: env['ADMIN_EMAIL_VERIFIED'] === 'true',
      password: env['ADMIN_PASS'],
      roles: ['admin'],
      createdAt: new Date(core.clock.now() - core.adminAge),
    });
    return;
  }
  // Without any admin, the one who is there longest becomes it.
  const [oldest] = people.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  if (oldest) oldest.roles = [...oldest.roles, 'admin'];
}

/**
 * The state of the set-up wizard. A workspace that is not registered gets it back at every change of version, the first
 * start included; the next plain start heals it.
 */
function wizard(core: Core, newVersion: boolean): void {
  const setting = core.state.settings.get('Show_Setup_Wizard');
  if (!setting) return;
  const forced = core.env['OVERWRITE_SETTING_Show_Setup_Wizard'];
  if (activeAdmins(core).length > 0 && setting.value === 'pending' && forced === undefined)
    setting.value = 'in_progress';
  if (newVersion && !core.registered && setting.value === 'completed') setting.value = 'in_progress';
}
