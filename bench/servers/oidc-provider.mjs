/**
 * A peer: `oidc-provider` with everything in memory. It stores nothing that a restart would leave, asks nobody for consent twice and
 * reads no roles; what it does with a code, a token and an id token is the real thing.
 * Arguments: port, client id, client secret, redirect URI.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, clientId, clientSecret, redirectUri] = process.argv.slice(2);

/** As quick as it can be: a map a model, and no copies. */
class MemoryAdapter {
  rows = new Map();
  byUid = new Map();

  async upsert(id, payload) {
    this.rows.set(id, payload);
    if (payload.uid) this.byUid.set(payload.uid, payload);
  }

  async find(id) {
    return this.rows.get(id);
  }

  async findByUid(uid) {
    return this.byUid.get(uid);
  }

  async consume(id) {
    this.rows.get(id).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.rows.delete(id);
  }

  async revokeByGrantId(grantId) {
    for (const [id, row] of this.rows) if (row.grantId === grantId) this.rows.delete(id);
  }
}

const claims = { name: 'Person', preferred_username: 'person', email: 'person@example.org', email_verified: false };
const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: MemoryAdapter,
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  findAccount: (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...claims }) }),
  pkce: { required: () => false },
  features: { introspection: { enabled: true } },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  ttl: { AccessToken: 3600, AuthorizationCode: 60, IdToken: 600, Grant: 86_400, Interaction: 600, Session: 86_400 },
});
createServer(provider.callback()).listen(Number(port), '127.0.0.1', () => process.send({ ready: Number(port) }));
