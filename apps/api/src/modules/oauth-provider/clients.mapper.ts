import { OAUTH_GRANT_TYPES, OAUTH_SCOPE_NAMES, type OAuthClient } from '@besedka/contracts';
import type { AdminClientRow } from './client-admin.repository.js';

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The public shape of a client; stored names that no longer exist are left out. */
export function toClient(row: AdminClientRow): OAuthClient {
  const { id, clientId, kind, name, description, homeUrl, firstParty, pkceRequired, enabled, version } = row;
  const { liveGrants, liveSignIns, livePeople } = row;
  return {
    id,
    clientId,
    kind,
    name,
    description,
    homeUrl,
    firstParty,
    pkceRequired,
    grantTypes: OAUTH_GRANT_TYPES.filter((grant) => row.grantTypes.includes(grant)),
    scopes: OAUTH_SCOPE_NAMES.filter((scope) => row.scopes.includes(scope)),
    redirectUris: [...row.redirectUris],
    postLogoutRedirectUris: [...row.postLogoutRedirectUris],
    enabled,
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      hint: secret.hint,
      createdAt: secret.createdAt.toISOString(),
      lastUsedAt: iso(secret.lastUsedAt),
    })),
    liveGrants,
    liveSignIns,
    livePeople,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastUsedAt: iso(row.lastUsedAt),
    version,
  };
}
