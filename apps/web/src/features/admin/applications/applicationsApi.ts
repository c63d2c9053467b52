import type {
  CreateOAuthClient,
  OAuthClient,
  OAuthClientWithSecret,
  PutOAuthClient,
  PutRoleNames,
  RoleNames,
} from '@besedka/contracts/oauth';
import { http } from '../../../shared/api/client';

export const fetchApplications = (): Promise<{ items: OAuthClient[] }> => http.get('oauth/clients');

/** The newest state of one application; fails with `not_found` when it was deleted. */
export const fetchApplication = (id: string): Promise<OAuthClient> => http.get(`oauth/clients/${id}`);

/** Registers an application. Its secret is in this answer and never again (F20). */
export const createApplication = (body: CreateOAuthClient): Promise<OAuthClientWithSecret> =>
  http.post('oauth/clients', body);

/** Stores the whole form. @throws ApiError `version_conflict` with the newest state in `current` */
export const saveApplication = (id: string, version: number, body: PutOAuthClient): Promise<OAuthClient> =>
  http.put(`oauth/clients/${id}`, body, { version });

export const deleteApplication = (id: string, version: number): Promise<void> =>
  http.delete(`oauth/clients/${id}`, { version });

/** A second secret, told in this answer only. @throws ApiError `client_secrets_full` */
export const addSecret = (id: string): Promise<OAuthClientWithSecret> => http.post(`oauth/clients/${id}/secrets`, {});

/** @throws ApiError `client_last_secret` */
export const deleteSecret = (id: string, secretId: string): Promise<unknown> =>
  http.delete(`oauth/clients/${id}/secrets/${secretId}`);

/** Ends every token of the application, and what could become one. */
export const endGrants = (id: string): Promise<unknown> => http.delete(`oauth/clients/${id}/grants`);

export const fetchRoleNames = (): Promise<RoleNames> => http.get('oauth/role-names');

/** @throws ApiError `version_conflict` with the newest names in `current` */
export const saveRoleNames = (version: number, body: PutRoleNames): Promise<RoleNames> =>
  http.put('oauth/role-names', body, { version });

/** The part of the server's own description that people copy into settings (RFC 8414, OpenID Connect Discovery). */
export interface ServerMetadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint?: string;
  device_authorization_endpoint?: string;
  introspection_endpoint?: string;
  revocation_endpoint?: string;
  jwks_uri?: string;
}

/** Addresses as the server publishes them: what applications will compare with, whatever this page's own address is. */
export const fetchMetadata = (): Promise<ServerMetadata> => http.get('/.well-known/openid-configuration');
