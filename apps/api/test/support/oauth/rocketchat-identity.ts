type Json = Record<string, unknown>;

/** Fields of a custom OAuth provider in Rocket.Chat that say where things stand: a dotted path, or a text with `{{path}}`. */
export interface IdentityFields {
  readonly usernameField: string;
  readonly emailField: string;
  readonly nameField: string;
  readonly avatarField: string;
}

/** As the portal's guide to Rocket.Chat sets them. */
export const BESEDKA_FIELDS: IdentityFields = {
  usernameField: 'username',
  emailField: 'email',
  nameField: 'name',
  avatarField: 'avatar_url',
};

/** What is left of an identity when Rocket.Chat has read it. */
export interface RocketChatIdentity extends Json {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly avatarUrl?: string;
}

/** Members that stand for `id`, in the order in which they are tried. */
const ID_ALIASES = ['_id', 'ID', 'user_id', 'CharacterID', 'phid', 'sub', 'userid'];
const NAMES = ['name', 'username', 'nickname', 'CharacterName', 'userName', 'preferred_username'];

/**
 * Reads an identity answer as Rocket.Chat does in both flows (its `transform_helpers`, unchanged from 6 to 8): aliases of the id, mail
 * out of a list, no dots in names, then the configured fields.
 * @throws Error in Rocket.Chat's words, when the sign-in fails there
 */
export function readIdentity(answer: Json, fields: IdentityFields): RocketChatIdentity {
  const identity: Json = withoutDots(isObject(answer.result) ? answer.result : answer);
  for (const alias of ID_ALIASES) identity.id ||= identity[alias];
  if (!identity.id) throw new Error('CustomOAuth: identity has no id');
  const [first] = Array.isArray(identity.emails) ? (identity.emails as Json[]) : [];
  identity.email ||= first?.address;

  const username = valueOf(identity, fields.usernameField);
  if (username === '') throw new Error('CustomOAuth: Failed to extract username');
  const email = valueOf(identity, fields.emailField);
  if (email === '') throw new Error('CustomOAuth: Failed to extract email');
  const name = valueOf(identity, fields.nameField) || NAMES.map((member) => identity[member]).find(Boolean);
  const avatarUrl = valueOf(identity, fields.avatarField);
  return {
    ...identity,
    id: identity.id as string,
    username,
    email,
    name: name as string,
    ...(avatarUrl !== '' && { avatarUrl }),
  };
}

/** A path into the identity, or a text around `{{path}}` and `{{/regex/::path}}` (one group); '' when there is nothing. */
function valueOf(identity: Json, field: string): string {
  if (!field.includes('{{')) return textAt(identity, field);
  let complete = true;
  const text = field.replace(/{{(?:\/(.+?)\/::)?(.+?)}}/g, (_, pattern: string | undefined, path: string) => {
    const value = textAt(identity, path);
    const found = pattern === undefined ? value : (new RegExp(pattern).exec(value)?.[1] ?? '');
    complete &&= found !== '';
    return found;
  });
  return complete ? text : '';
}

function textAt(identity: Json, path: string): string {
  const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), identity);
  return typeof value === 'string' ? value : '';
}

/** MongoDB has no dots in names. */
const withoutDots = (from: Json): Json =>
  Object.fromEntries(Object.entries(from).map(([name, value]) => [name.replaceAll('.', '_'), value]));

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
