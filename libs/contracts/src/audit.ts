import { z } from 'zod';
import { pageOf, pageQuery } from './paging.js';

/** What the audit log knows: key → facts kept with it. Never a secret, a token or a text that somebody wrote to somebody. */
export interface AuditFacts {
  'oauth.client.created': { clientId: string };
  'oauth.client.changed': { clientId: string; fields: string[] };
  'oauth.client.deleted': { clientId: string };
  'oauth.client.secret-added': { clientId: string; secretId: string; hint: string };
  'oauth.client.secret-deleted': { clientId: string; secretId: string; hint: string };
  'oauth.client.tokens-revoked': { clientId: string; grants: number };
  'oauth.role-names.changed': { roles: string[] };
  'oauth.consent.given': { clientId: string; scopes: string[] };
  'oauth.consent.refused': { clientId: string; scopes: string[] };
  'oauth.application.revoked': { clientId: string; grants: number };
  'oauth.device.allowed': { clientId: string; scopes: string[] };
  'oauth.device.refused': { clientId: string };
  /** A code or refresh token came back after its use: what it gave was revoked (RFC 9700 4.2.4, 4.14.2). */
  'oauth.grant.replayed': { clientId: string; what: 'code' | 'refresh_token' };
  'oauth.grant.revoked': { clientId: string };
  'oauth.loop-broken': { clientId: string };
  'oauth.keys.rotated': { kid: string };
  /** One step of `rocketchat apply`: ids of what was written there, never values. */
  'rocketchat.applied': { step: string; ids: string[] };
  /** Names of the checks of `rocketchat verify` that failed. */
  'rocketchat.verified': { failed: string[] };
  /** A backup was kept by itself before something was written, or given out as a file (`backupId` null). */
  'rocketchat.backed-up': { backupId: string | null; reason: string };
  /** One step of a restore or rollback: ids of what was written there, never values. */
  'rocketchat.restored': { step: string; ids: string[]; createdAt: string };
  /** Somebody had accounts of Rocket.Chat looked at again: one person (the subject), or all. */
  'rocketchat.sync.retried': { all: boolean };
  /** What was decided about a foreign account with a person's name or address. */
  'rocketchat.conflict.resolved': { choice: string; rocketChatId: string };
  /** What the drift check found: ids, no values; at most 200 of `count`. */
  'rocketchat.drift': { count: number; ids: string[] };
}
export type AuditKey = keyof AuditFacts;

/** The same keys as a list, for filters and texts; a test holds both equal. */
export const AUDIT_KEYS = [
  'oauth.client.created',
  'oauth.client.changed',
  'oauth.client.deleted',
  'oauth.client.secret-added',
  'oauth.client.secret-deleted',
  'oauth.client.tokens-revoked',
  'oauth.role-names.changed',
  'oauth.consent.given',
  'oauth.consent.refused',
  'oauth.application.revoked',
  'oauth.device.allowed',
  'oauth.device.refused',
  'oauth.grant.replayed',
  'oauth.grant.revoked',
  'oauth.loop-broken',
  'oauth.keys.rotated',
  'rocketchat.applied',
  'rocketchat.verified',
  'rocketchat.backed-up',
  'rocketchat.restored',
  'rocketchat.sync.retried',
  'rocketchat.conflict.resolved',
  'rocketchat.drift',
] as const satisfies readonly AuditKey[];
type Missing = Exclude<AuditKey, (typeof AUDIT_KEYS)[number]>;
/** Fails to compile when a key of `AuditFacts` is not in `AUDIT_KEYS`. */
export type EveryAuditKeyIsListed = Missing extends never ? true : never;

/** One entry. `subjectId` is what it is about: an application's or a person's id. */
export const auditEntry = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    key: z.string(),
    actorId: z.uuid().nullable(),
    actorName: z.string().nullable(),
    subjectId: z.string().nullable(),
    facts: z.record(z.string(), z.unknown()),
    requestId: z.string(),
    address: z.string(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditPage = pageOf(auditEntry, 'AuditPage');
/** Query of `GET /audit`: the latest first. */
export const auditQuery = pageQuery.extend({
  key: z.enum(AUDIT_KEYS).optional(),
  subjectId: z.string().max(100).optional(),
  actorId: z.uuid().optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;
