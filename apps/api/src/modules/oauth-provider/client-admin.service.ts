import { randomBytes } from 'node:crypto';
import {
  CLIENT_SECRETS_MAX,
  clientRuleProblem,
  type CreateOAuthClient,
  type OAuthClient,
  type OAuthClientWithSecret,
  type PutOAuthClient,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { StaleVersion, withCurrent } from '../users/stale-version.js';
import { ClientAdminRepository, type LockedClient } from './client-admin.repository.js';
import { ClientSecrets } from './client-secrets.js';
import { toClient } from './clients.mapper.js';
import { endGrants } from './grant-ending.js';
import { LOCAL_CLIENT_SECRET } from './local-client.js';
import './oauth.events.js';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CLIENT_ID_LENGTH = 24;

/** 120 random bits in characters that can be read aloud and never need encoding. */
function newClientId(): string {
  return [...randomBytes(CLIENT_ID_LENGTH)].map((byte) => BASE32[byte % BASE32.length]).join('');
}

/**
 * Administration of the applications that get tokens from us. The version of a client counts changes of its fields; secrets come and
 * go beside it, so that exchanging one does not disturb somebody who is editing.
 */
@Injectable()
export class ClientAdminService {
  private readonly secrets: ClientSecrets;

  constructor(
    private readonly repository: ClientAdminRepository,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
  ) {
    this.secrets = new ClientSecrets(config.auth.secret);
  }

  /** All clients by name; one statement. */
  async list(): Promise<OAuthClient[]> {
    return (await this.repository.list()).map(toClient);
  }

  /** @throws AppError `not_found` */
  async get(id: string): Promise<OAuthClient> {
    const row = await this.repository.find(id);
    if (row === null) throw new AppError('not_found');
    return toClient(row);
  }

  /** Whether this is one of its secrets; takes as long whether it is. @throws AppError `not_found` */
  async holdsSecret(id: string, presented: string): Promise<boolean> {
    const stored = await this.repository.secretsOf(id);
    if (stored === null) throw new AppError('not_found');
    return this.secrets.match(stored, presented) !== null;
  }

  /** Registers an application; a confidential one gets its first secret, told in the answer and never again. */
  async create(ctx: RequestContext, wanted: CreateOAuthClient): Promise<OAuthClientWithSecret> {
    const client = { ...wanted, ...unique(wanted), id: newId(), clientId: newClientId() };
    const made = client.kind === 'confidential' ? this.secrets.make() : null;
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.repository.insert(tx, client);
      if (made !== null) await this.repository.addSecret(tx, client.id, made.stored);
      await this.audit.record(ctx, tx, 'oauth.client.created', client.id, { clientId: client.clientId });
      // The name may have been asked for before it existed.
      tx.emit('oauth.client-changed', { id: client.id });
    });
    return { client: await this.get(client.id), secret: made?.secret ?? null };
  }

  /**
   * Replaces everything but kind and client id. Disabling stops the tokens in use at once, enabling lets them work again.
   * @param version the one that the client edited
   * @throws AppError `not_found`, `version_conflict` with the client as it is now, `validation_failed` for what its kind does not allow
   */
  async replace(ctx: RequestContext, id: string, version: number, wanted: PutOAuthClient): Promise<OAuthClient> {
    const after = { ...wanted, ...unique(wanted) };
    const change = async (tx: UnitOfWorkTx): Promise<void> => {
      const before = await this.locked(tx, id, version);
      this.assertAllowed(before, after);
      const fields = changedFields(before, after);
      if (fields.length === 0) return;
      await this.repository.update(tx, id, after);
      await this.audit.record(ctx, tx, 'oauth.client.changed', id, { clientId: before.clientId, fields });
      tx.emit('oauth.client-changed', { id });
    };
    await this.versioned(ctx, id, change);
    return this.get(id);
  }

  /** Deletes an application with its secrets, consents and grants: all its tokens stop. @throws AppError `not_found`, `version_conflict` */
  async remove(ctx: RequestContext, id: string, version: number): Promise<void> {
    await this.versioned(ctx, id, async (tx) => {
      const { clientId } = await this.locked(tx, id, version);
      await this.repository.remove(tx, id);
      await this.audit.record(ctx, tx, 'oauth.client.deleted', id, { clientId });
      tx.emit('oauth.client-changed', { id });
    });
  }

  /**
   * A second secret beside the one in use, so that it can be exchanged without downtime (F20). Told in the answer and never again.
   * @throws AppError `not_found`, `client_is_public`, `client_secrets_full`
   */
  async addSecret(ctx: RequestContext, id: string): Promise<OAuthClientWithSecret> {
    const { secret, stored } = this.secrets.make();
    await this.unitOfWork.run(ctx, async (tx) => {
      const client = await this.locked(tx, id);
      if (client.kind === 'public') throw new AppError('client_is_public');
      if (client.secrets.length >= CLIENT_SECRETS_MAX) throw new AppError('client_secrets_full');
      await this.repository.addSecret(tx, id, stored);
      const facts = { clientId: client.clientId, secretId: stored.id, hint: stored.hint };
      await this.audit.record(ctx, tx, 'oauth.client.secret-added', id, facts);
      tx.emit('oauth.client-changed', { id });
    });
    return { client: await this.get(id), secret };
  }

  /** Takes a secret back; what it proved before goes on. @throws AppError `not_found`, `client_last_secret` */
  async removeSecret(ctx: RequestContext, id: string, secretId: string): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const client = await this.locked(tx, id);
      const secret = client.secrets.find((candidate) => candidate.id === secretId);
      if (secret === undefined) throw new AppError('not_found');
      if (client.secrets.length === 1) throw new AppError('client_last_secret');
      await this.repository.removeSecret(tx, secretId);
      const facts = { clientId: client.clientId, secretId, hint: secret.hint };
      await this.audit.record(ctx, tx, 'oauth.client.secret-deleted', id, facts);
      tx.emit('oauth.client-changed', { id });
    });
  }

  /** Ends all its grants: every token that it holds stops, and people sign in to it anew. @throws AppError `not_found` */
  async endTokens(ctx: RequestContext, id: string): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const { clientId } = await this.locked(tx, id);
      const grants = await endGrants(tx, { clientId: id }, 'revoked_by_admin');
      await this.audit.record(ctx, tx, 'oauth.client.tokens-revoked', id, { clientId, grants });
    });
  }

  /** @throws AppError `not_found`, StaleVersion when a version is given and it is another one */
  private async locked(tx: UnitOfWorkTx, id: string, version?: number): Promise<LockedClient> {
    const client = await this.repository.lock(tx, id);
    if (client === null) throw new AppError('not_found');
    if (version !== undefined && client.version !== version) throw new StaleVersion();
    return client;
  }

  private versioned(ctx: RequestContext, id: string, work: (tx: UnitOfWorkTx) => Promise<void>): Promise<void> {
    return withCurrent(
      () => this.unitOfWork.run(ctx, work),
      () => this.get(id),
    );
  }

  private assertAllowed(before: LockedClient, after: PutOAuthClient): void {
    const problem = clientRuleProblem({ ...after, kind: before.kind });
    if (problem !== null) throw invalidField(problem[0], problem[1], 'not possible for this kind of application');
    const known = this.config.mode === 'production' && this.secrets.match(before.secrets, LOCAL_CLIENT_SECRET) !== null;
    if (after.enabled && known) {
      throw invalidField('enabled', 'known_secret', 'its secret is published; add another one and delete this');
    }
  }
}

/** Lists are sets: a value given twice is there once. */
function unique<T extends Pick<PutOAuthClient, 'grantTypes' | 'scopes' | 'redirectUris' | 'postLogoutRedirectUris'>>(
  client: T,
) {
  return {
    grantTypes: [...new Set(client.grantTypes)],
    scopes: [...new Set(client.scopes)],
    redirectUris: [...new Set(client.redirectUris)],
    postLogoutRedirectUris: [...new Set(client.postLogoutRedirectUris)],
  };
}

function changedFields(before: LockedClient, after: PutOAuthClient): string[] {
  const same = (field: keyof PutOAuthClient): boolean => JSON.stringify(before[field]) === JSON.stringify(after[field]);
  return (Object.keys(after) as (keyof PutOAuthClient)[]).filter((field) => !same(field)).sort();
}
