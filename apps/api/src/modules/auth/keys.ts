import { hkdfSync } from 'node:crypto';

/** What keys are made for. */
export type KeyPurpose =
  | 'access-token'
  | 'refresh-token'
  | 'oauth-code'
  | 'oauth-access-token'
  | 'oauth-refresh-token'
  | 'oauth-device-code'
  | 'oauth-user-code'
  | 'oauth-resume'
  | 'oauth-picture'
  | 'oauth-client-secret'
  | 'oauth-signing-keys'
  | 'rocketchat-webhook'
  | 'rocketchat-backup'
  | 'rocketchat-login-token';

/** A key for one purpose out of the portal's one secret: what signs one kind of token says nothing about another. */
export function deriveKey(secret: string, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `besedka:${purpose}`, 32));
}
