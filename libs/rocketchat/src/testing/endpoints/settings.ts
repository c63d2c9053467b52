import type { Core } from '../core.js';
import { invalidParams, RcError, refusal } from '../http/errors.js';
import type { Context, Route } from '../http/route.js';
import type { Setting, SettingValue } from '../state/model.js';
import { page } from './paging.js';

function readable(core: Core, id: string): Setting {
  const setting = core.state.settings.get(id);
  const unknown = core.faults.all('setting-unknown').some((fault) => fault.id === id);
  if (!setting || setting.hidden || unknown) throw new RcError(400, { success: false });
  return setting;
}

function get({ core, params }: Context): unknown {
  const setting = readable(core, params['id'] ?? '');
  return { _id: setting._id, value: core.settings.stored(setting) };
}

function post({ core, params, body }: Context): unknown {
  if (!('value' in body)) throw invalidParams("must have required property 'value'");
  change(core, params['id'] ?? '', body['value']);
  return {};
}

/** Several at once: all are checked before the first is written. */
function postMany({ core, body }: Context): unknown {
  const list = body['settings'];
  if (!Array.isArray(list)) throw invalidParams("must have required property 'settings'");
  const wanted = (list as { _id?: unknown; value?: unknown }[]).map(({ _id, value }) => ({ id: String(_id), value }));
  for (const { id, value } of wanted) checked(core, id, value);
  for (const { id, value } of wanted) change(core, id, value);
  return {};
}

/** @throws RcError 400 without a type for what cannot be written, `error-setting-validation-failed` for a bad value */
function checked(core: Core, id: string, value: unknown): SettingValue {
  const setting = readable(core, id);
  const ordered = core.faults.all('setting-read-only').some((fault) => fault.id === id);
  if (setting.blocked || setting.readonly || ordered) throw new RcError(400, { success: false });
  if (!isValid(setting, value)) {
    throw refusal('error-setting-validation-failed', `Setting ${id} does not take this value`, { _id: id });
  }
  return value as SettingValue;
}

function change(core: Core, id: string, value: unknown): void {
  const valid = checked(core, id, value);
  if (!core.faults.all('setting-ignored').some((fault) => fault.id === id)) core.settings.write(id, valid);
}

function isValid({ type, values }: Setting, value: unknown): boolean {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'select':
      return typeof value === 'string' && (values ?? []).includes(value);
    default:
      return typeof value === 'string';
  }
}

function publicSettings({ core, query }: Context): unknown {
  const wanted = typeof query['_id'] === 'string' ? query['_id'].split(',') : undefined;
  const list = [...core.state.settings.values()].filter(
    (setting) => setting.public && (wanted?.includes(setting._id) ?? true),
  );
  const { items, ...counts } = page(core, list, query);
  return {
    settings: items.map((one) => ({ _id: one._id, value: core.settings.get(one._id), enterprise: false })),
    ...counts,
  };
}

function allSettings({ core, query }: Context): unknown {
  const { items, ...counts } = page(
    core,
    [...core.state.settings.values()].filter(({ hidden }) => !hidden),
    query,
  );
  return { settings: items.map((one) => ({ ...one, value: core.settings.stored(one) })), ...counts };
}

export const settingsRoutes: readonly Route[] = [
  { method: 'GET', path: 'settings.public', auth: 'optional', handle: publicSettings },
  { method: 'GET', path: 'settings', permissions: ['view-privileged-setting'], handle: allSettings },
  { method: 'GET', path: 'settings/:id', permissions: ['view-privileged-setting'], handle: get },
  { method: 'POST', path: 'settings/:id', permissions: ['edit-privileged-setting'], twoFactor: 'normal', handle: post },
  {
    method: 'POST',
    path: 'settings',
    permissions: ['edit-privileged-setting'],
    twoFactor: 'strict',
    available: ({ profile }) => profile.bulkSettings,
    handle: postMany,
  },
];
