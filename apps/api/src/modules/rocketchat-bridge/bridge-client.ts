import { CLIENT_SECRETS_MAX, type OAuthClient, type PutOAuthClient, redirectUriProblem } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import { ClientAdminService } from '../oauth-provider/client-admin.service.js';
import { LOCAL_CLIENT_ID, LOCAL_CLIENT_SECRET } from '../oauth-provider/local-client.js';
import type { DesiredClient } from './desired-state.js';
import type { ClientState } from './plan.js';

/** A client id with a secret that opens it. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** What is known of our side of the sign-in. `client` null: nothing is registered yet. */
export interface FoundClient extends ClientState {
  readonly client: OAuthClient | null;
  /** A secret that we were given or have just made; null: `apply` makes one, writes it to Rocket.Chat and forgets it. */
  readonly secret: string | null;
}

/**
 * The application that Rocket.Chat is to us: given by configuration, the published one of local mode, or registered by `apply`. A secret
 * that was made here is told to Rocket.Chat only; whether the one that is there fits is asked of its hash (F20).
 */
@Injectable()
export class BridgeClient {
  constructor(
    private readonly config: AppConfig,
    private readonly clients: ClientAdminService,
  ) {}

  /**
   * @param there what Rocket.Chat holds now
   * @throws StartupError when the configured application is not there or its secret does not fit
   */
  async find(wanted: DesiredClient, there: ClientCredentials): Promise<FoundClient> {
    if (redirectUriProblem(wanted.redirectUri) !== null) {
      throw new StartupError('ROCKETCHAT_URL must begin with https:// unless Rocket.Chat runs on this machine.');
    }
    const all = await this.clients.list();
    const given = await this.given(all);
    if (given !== null) {
      const { client, secret } = given;
      const secretFits = there.id === client.clientId && there.secret === secret;
      return { client, secret, clientId: client.clientId, problems: problemsOf(client, wanted), secretFits };
    }
    const client = registered(all, wanted, there.id);
    if (client === null) return { client, secret: null, clientId: null, problems: [], secretFits: false };
    const secretFits = there.secret !== '' && (await this.clients.holdsSecret(client.id, there.secret));
    return { client, secret: null, clientId: client.clientId, problems: problemsOf(client, wanted), secretFits };
  }

  /**
   * Registers the application, or lets the one that is there do what is needed.
   * @returns the secret of a new one: told once, for Rocket.Chat
   */
  async register(ctx: RequestContext, wanted: DesiredClient, found: FoundClient): Promise<string | null> {
    if (found.client !== null) {
      const { client } = found;
      if (found.problems.length > 0) await this.clients.replace(ctx, client.id, client.version, fitted(client, wanted));
      return null;
    }
    const { secret } = await this.clients.create(ctx, {
      kind: 'confidential',
      name: wanted.name,
      description: '',
      homeUrl: wanted.homeUrl,
      firstParty: true,
      // The legacy flow of Rocket.Chat does not know it.
      pkceRequired: false,
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: [wanted.scope],
      redirectUris: [wanted.redirectUri],
      postLogoutRedirectUris: [],
    });
    return secret;
  }

  /**
   * The secret to write to Rocket.Chat: the given one, or a new one beside those in use.
   * @throws StartupError when both secrets of the application are in use
   */
  async secretFor(ctx: RequestContext, found: FoundClient): Promise<string> {
    if (found.secret !== null) return found.secret;
    if (found.client === null) throw new Error('there is no application to make a secret for');
    const { id, name, secrets } = await this.clients.get(found.client.id);
    if (secrets.length >= CLIENT_SECRETS_MAX) {
      // Left by a run that was cut off before it reached Rocket.Chat.
      const unused = secrets.find(({ lastUsedAt }) => lastUsedAt === null);
      if (unused === undefined) {
        throw new StartupError(
          `The application ${name} has two secrets in use: delete one under Administration → Applications.`,
        );
      }
      await this.clients.removeSecret(ctx, id, unused.id);
    }
    const { secret } = await this.clients.addSecret(ctx, id);
    if (secret === null) throw new Error('a confidential application has a secret');
    return secret;
  }

  /** The application and secret of the configuration, or of local mode as long as both are there unchanged. */
  private async given(all: readonly OAuthClient[]): Promise<{ client: OAuthClient; secret: string } | null> {
    const { client: configured } = this.config.rocketChat;
    if (configured !== null) {
      if (this.config.mode === 'production' && configured.secret === LOCAL_CLIENT_SECRET) {
        throw new StartupError('ROCKETCHAT_CLIENT_SECRET is the published one of local mode: take another.');
      }
      const client = all.find(({ clientId }) => clientId === configured.id);
      if (client === undefined) {
        throw new StartupError(
          'ROCKETCHAT_CLIENT_ID names no application: register it under Administration → Applications, or leave it out.',
        );
      }
      if (!(await this.clients.holdsSecret(client.id, configured.secret))) {
        throw new StartupError('ROCKETCHAT_CLIENT_SECRET is no secret of the application in ROCKETCHAT_CLIENT_ID.');
      }
      return { client, secret: configured.secret };
    }
    if (this.config.mode !== 'local') return null;
    const local = all.find(({ clientId }) => clientId === LOCAL_CLIENT_ID);
    if (local === undefined || !(await this.clients.holdsSecret(local.id, LOCAL_CLIENT_SECRET))) return null;
    return { client: local, secret: LOCAL_CLIENT_SECRET };
  }
}

/** The one that Rocket.Chat uses now, or the one that an earlier run registered for this address. */
function registered(all: readonly OAuthClient[], wanted: DesiredClient, idThere: string): OAuthClient | null {
  const ours = all.filter(
    ({ kind, redirectUris }) => kind === 'confidential' && redirectUris.includes(wanted.redirectUri),
  );
  return ours.find(({ clientId }) => clientId === idThere) ?? ours.find(({ name }) => name === wanted.name) ?? null;
}

function fitted(client: OAuthClient, wanted: DesiredClient): PutOAuthClient {
  const { name, description, homeUrl, postLogoutRedirectUris } = client;
  return {
    name,
    description,
    homeUrl,
    postLogoutRedirectUris,
    enabled: true,
    firstParty: true,
    pkceRequired: false,
    grantTypes: [...new Set([...client.grantTypes, 'authorization_code' as const])],
    scopes: [...new Set([...client.scopes, wanted.scope])],
    redirectUris: [...new Set([...client.redirectUris, wanted.redirectUri])],
  };
}

function problemsOf(client: OAuthClient, wanted: DesiredClient): ClientState['problems'] {
  if (client.kind !== 'confidential') {
    throw new StartupError('The application in ROCKETCHAT_CLIENT_ID is public: Rocket.Chat needs a confidential one.');
  }
  const after = fitted(client, wanted);
  const members = ['enabled', 'firstParty', 'pkceRequired', 'grantTypes', 'scopes', 'redirectUris'] as const;
  return members
    .filter((member) => JSON.stringify(client[member]) !== JSON.stringify(after[member]))
    .map((id) => ({ id, from: client[id], to: after[id] }));
}
