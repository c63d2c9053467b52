import { randomBytes } from 'node:crypto';
import { openKey, sealKey } from './sealed-key.js';

const secret = randomBytes(32);
const jwk = { kty: 'RSA', d: 'the-private-exponent' };

describe('a sealed key', () => {
  const sealed = sealKey(secret, 'kid-1', jwk);

  it('opens with the same secret and shows nothing of itself before', () => {
    expect(openKey(secret, 'kid-1', sealed)).toEqual(jwk);
    expect(sealed.toString('latin1')).not.toContain('private');
    expect(sealKey(secret, 'kid-1', jwk)).not.toEqual(sealed);
  });

  it.each([
    ['another secret', () => openKey(randomBytes(32), 'kid-1', sealed)],
    ['the row of another key', () => openKey(secret, 'kid-2', sealed)],
    [
      'a changed byte',
      () => openKey(secret, 'kid-1', Buffer.from(sealed.map((byte, at) => (at === 40 ? byte ^ 1 : byte)))),
    ],
    ['a cut end', () => openKey(secret, 'kid-1', sealed.subarray(0, -1))],
    ['nothing left of it', () => openKey(secret, 'kid-1', Buffer.alloc(0))],
  ])('does not open with %s', (_what, open) => expect(open()).toBeNull());
});
