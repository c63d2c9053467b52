import { newId } from '../../common/ids.js';
import { RefreshTokens } from './refresh-token.js';

describe('refresh tokens', () => {
  const tokens = new RefreshTokens('a secret of at least thirty-two characters');
  const claim = { sessionId: newId(), generation: 7 };

  it('say what they were made of, and are the same each time', () => {
    const token = tokens.make(claim);
    expect(token).toHaveLength(70);
    expect(tokens.read(token)).toEqual(claim);
    expect(tokens.make(claim)).toBe(token);
    expect(tokens.make({ ...claim, generation: 8 })).not.toBe(token);
  });

  it('cannot be changed in any byte', () => {
    const raw = Buffer.from(tokens.make(claim), 'base64url');
    for (let index = 0; index < raw.length; index += 1) {
      const forged = Buffer.from(raw);
      forged[index] = (forged[index] ?? 0) ^ 1;
      expect(tokens.read(forged.toString('base64url'))).toBeNull();
    }
  });

  it('of another secret, cut, lengthened or made up are nothing', () => {
    const token = tokens.make(claim);
    expect(new RefreshTokens('another secret of at least 32 characters!').read(token)).toBeNull();
    for (const text of ['', 'x', token.slice(1), `${token}AAAA`, 'ы'.repeat(70)]) expect(tokens.read(text)).toBeNull();
  });
});
