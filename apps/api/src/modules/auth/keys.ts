import { hkdfSync } from 'node:crypto';

/** A key for one purpose out of the portal's one secret: what signs one kind of token says nothing about another. */
export function deriveKey(secret: string, purpose: 'access-token' | 'refresh-token'): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `besedka:${purpose}`, 32));
}
