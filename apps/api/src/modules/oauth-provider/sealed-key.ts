import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts a private JWK for the database: nonce, tag, ciphertext. The `kid` is bound to it, so that rows cannot be mixed up. */
export function sealKey(sealing: Buffer, kid: string, privateJwk: object): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, sealing, nonce).setAAD(Buffer.from(kid, 'utf8'));
  const text = Buffer.concat([cipher.update(JSON.stringify(privateJwk), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** @returns the private JWK, or null when it was sealed with another secret, for another `kid`, or is damaged or gone */
export function openKey(sealing: Buffer, kid: string, sealed: Buffer): object | null {
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) return null;
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, sealing, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(kid, 'utf8'))
    .setAuthTag(tag);
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as object;
  } catch {
    return null;
  }
}
