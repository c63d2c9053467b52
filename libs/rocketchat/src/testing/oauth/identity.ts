import type { OAuthService } from '../state/model.js';

/** What a provider told about a person, brought into the form that accounts are made of. */
export interface Identity {
  id: string;
  username?: string;
  email?: string;
  name?: string;
  avatarUrl?: string;
  /** Everything else that was told; roles and groups among it are not used without a licence. */
  data: Record<string, unknown>;
}

type Data = Record<string, unknown>;

/** Names under which providers tell the id; the first that is there counts. */
const ID_PATHS = [
  'id',
  '_id',
  'ID',
  'user_id',
  'CharacterID',
  'user.userid',
  'user.user_id',
  'phid',
  'sub',
  'metadata.uid',
  'userid',
  'ocs.data.id',
];
const NAME_PATHS = ['name', 'username', 'nickname', 'CharacterName', 'userName', 'preferred_username', 'user.name'];

/**
 * @throws Error in the words of the server when the id, or the value of a configured field, is missing
 */
export function normalise(service: OAuthService, answer: unknown): Identity {
  const told = (typeof answer === 'object' && answer !== null ? answer : {}) as Data;
  const wrapped = told['result'];
  const data = typeof wrapped === 'object' && wrapped !== null && !('id' in told) ? (wrapped as Data) : told;
  const id = first(data, ID_PATHS);
  if (id === undefined) throw new Error(`Identity from ${service.service} has no id`);
  const username = service.usernameField ? extract(data, service.usernameField) : text(data['username']);
  if (service.usernameField && !username) throw new Error('CustomOAuth: Failed to extract username');
  const email = service.emailField
    ? extract(data, service.emailField)
    : (text(data['email']) ?? text(at(data, 'emails.0.address')));
  if (service.emailField && !email) throw new Error('CustomOAuth: Failed to extract email');
  const name = (service.nameField && extract(data, service.nameField)) || first(data, NAME_PATHS);
  const avatarUrl = service.avatarField ? extract(data, service.avatarField) : undefined;
  return {
    id,
    ...(username ? { username } : {}),
    ...(email ? { email } : {}),
    ...(name ? { name } : {}),
    ...(avatarUrl ? { avatarUrl } : {}),
    data: withoutDots(data),
  };
}

/**
 * The value of a configured field: a dotted path, or a template with `{{path}}`, literals and `{{/regex/::path}}`, whose
 * one group is taken.
 */
export function extract(data: Data, field: string): string | undefined {
  if (!field.includes('{{')) return text(at(data, field));
  const value = field.replace(/\{\{((?:(?!\}\}).)*)\}\}/g, (_, inner: string) => {
    const regex = /^\/((?!\/::).*)\/::(.+)$/.exec(inner.trim());
    const found = text(at(data, (regex?.[2] ?? inner).trim())) ?? '';
    return regex ? (new RegExp(regex[1] ?? '').exec(found)?.[1] ?? '') : found;
  });
  return value === '' ? undefined : value;
}

function at(data: unknown, path: string): unknown {
  let value: unknown = data;
  for (const part of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Data)[part] : undefined;
  return value;
}

function first(data: Data, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = text(at(data, path));
    if (value !== undefined) return value;
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;
}

/** The database takes no dots in names of members. */
function withoutDots(data: Data): Data {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key.replaceAll('.', '_'),
      typeof value === 'object' && value !== null && !Array.isArray(value) ? withoutDots(value as Data) : value,
    ]),
  );
}
