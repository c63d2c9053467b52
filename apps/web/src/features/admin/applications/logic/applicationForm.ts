import {
  clientRuleProblem,
  putOAuthClient,
  type CreateOAuthClient,
  type OAuthClient,
  type PutOAuthClient,
} from '@besedka/contracts/oauth';
import { OAUTH_SCOPES, type OAuthGrantType, type OAuthScope } from '@besedka/contracts/oauth-scopes';
import type { FieldError } from '@besedka/contracts/errors';
import type { FormShape } from '../../logic/editConflict';

export type ClientKind = OAuthClient['kind'];

/** What the form holds. `homeUrl` is empty text where there is none; empty rows of addresses do not count. */
export interface ApplicationFields {
  name: string;
  description: string;
  homeUrl: string;
  firstParty: boolean;
  pkceRequired: boolean;
  grantTypes: OAuthGrantType[];
  scopes: OAuthScope[];
  redirectUris: string[];
  postLogoutRedirectUris: string[];
}

export const APPLICATION_FIELD_NAMES = [
  'name',
  'description',
  'homeUrl',
  'firstParty',
  'grantTypes',
  'pkceRequired',
  'scopes',
  'redirectUris',
  'postLogoutRedirectUris',
] as const;
export type ApplicationFieldName = (typeof APPLICATION_FIELD_NAMES)[number];

const LISTS = ['redirectUris', 'postLogoutRedirectUris'] as const;

export const fieldsOf = (client: OAuthClient): ApplicationFields => ({
  name: client.name,
  description: client.description,
  homeUrl: client.homeUrl ?? '',
  firstParty: client.firstParty,
  pkceRequired: client.pkceRequired,
  grantTypes: [...client.grantTypes],
  scopes: [...client.scopes],
  redirectUris: [...client.redirectUris],
  postLogoutRedirectUris: [...client.postLogoutRedirectUris],
});

const rows = (list: readonly string[]): string[] => list.map((uri) => uri.trim()).filter((uri) => uri !== '');

/** Everything but what only creating or only editing says. */
function body(fields: ApplicationFields): Omit<PutOAuthClient, 'enabled'> {
  return {
    ...fields,
    homeUrl: fields.homeUrl.trim() === '' ? null : fields.homeUrl.trim(),
    redirectUris: rows(fields.redirectUris),
    postLogoutRedirectUris: rows(fields.postLogoutRedirectUris),
  };
}

export const toCreate = (kind: ClientKind, fields: ApplicationFields): CreateOAuthClient => ({ kind, ...body(fields) });
export const toPut = (fields: ApplicationFields, enabled: boolean): PutOAuthClient => ({ ...body(fields), enabled });

/** The code of the broken rule per place: a field's name, or `redirectUris.1` for the second row. */
export type Problems = ReadonlyMap<string, string>;

/** Checks the form by the schemas that the server uses; the first rule that is broken counts. */
export function problemsOf(kind: ClientKind, fields: ApplicationFields): Problems {
  const found = new Map<string, string>();
  const given = body(fields);
  const result = putOAuthClient.safeParse({ ...given, enabled: true });
  for (const { path, message } of result.error?.issues ?? []) {
    const place = rowPlace(fields, path.map(String));
    if (!found.has(place)) found.set(place, message);
  }
  const rule = clientRuleProblem({ kind, ...given });
  if (rule && !found.has(rule[0])) found.set(rule[0], rule[1]);
  return found;
}

/** What the server said, at the places of the form. */
export const serverProblems = (fields: ApplicationFields, errors: readonly FieldError[]): Problems =>
  new Map(errors.map(({ path, code }) => [rowPlace(fields, path.split('.')), code]));

/** The schema sees addresses without the empty rows between them. */
function rowPlace(fields: ApplicationFields, path: readonly string[]): string {
  const [name = '', index] = path;
  const list = LISTS.find((one) => one === name);
  if (!list || index === undefined) return name;
  const filled = fields[list].map((uri, row) => ({ uri, row })).filter(({ uri }) => uri.trim() !== '');
  return `${list}.${filled[Number(index)]?.row ?? index}`;
}

/** Whether a field means the same in both; the order of what is ticked does not matter, nor do empty rows. */
export function sameField(a: ApplicationFields, b: ApplicationFields, field: ApplicationFieldName): boolean {
  if (field === 'grantTypes' || field === 'scopes')
    return [...a[field]].sort().join(' ') === [...b[field]].sort().join(' ');
  if (field === 'redirectUris' || field === 'postLogoutRedirectUris')
    return rows(a[field]).join('\n') === rows(b[field]).join('\n');
  if (field === 'firstParty' || field === 'pkceRequired') return a[field] === b[field];
  return a[field].trim() === b[field].trim();
}

/** What two edits of one application are compared by. */
export const APPLICATION_FORM: FormShape<ApplicationFields> = { names: APPLICATION_FIELD_NAMES, same: sameField };

export const sameFields = (a: ApplicationFields, b: ApplicationFields): boolean =>
  APPLICATION_FIELD_NAMES.every((field) => sameField(a, b, field));

/** Which kinds of scopes mean something for these grants; what is ticked already is never hidden. */
export function shownScopes(fields: ApplicationFields, all: readonly OAuthScope[]): OAuthScope[] {
  const person = fields.grantTypes.some((grant) => grant !== 'client_credentials');
  const service = fields.grantTypes.includes('client_credentials');
  return all.filter(
    (scope) => fields.scopes.includes(scope) || (OAUTH_SCOPES[scope].of === 'person' ? person : service),
  );
}
