import { newId } from '../../common/ids.js';
import { scopeMask, scopesOf, SealedTokens } from './sealed-tokens.js';

const tokens = new SealedTokens('a secret that is long enough for all of this');
const id = newId();
const access = { grantId: id, issuedAt: 1_800_000_000, expiresAt: 4_294_967_295, scopeMask: 0b1011 };

/** One of each kind, and how each kind is read. */
const made = {
  code: tokens.code(id),
  device: tokens.deviceCode(id),
  refresh: tokens.refreshToken({ grantId: id, generation: 1 }),
  access: tokens.accessToken(access),
};
const read = {
  code: (token: string) => tokens.readCode(token),
  device: (token: string) => tokens.readDeviceCode(token),
  refresh: (token: string) => tokens.readRefreshToken(token),
  access: (token: string) => tokens.readAccessToken(token),
};
type Kind = keyof typeof made;
const KINDS = Object.keys(made) as Kind[];

describe('sealed tokens', () => {
  it('say what was put in', () => {
    expect(read.code(made.code)).toBe(id);
    expect(read.device(made.device)).toBe(id);
    expect(read.refresh(made.refresh)).toEqual({ grantId: id, generation: 1 });
    expect(read.access(made.access)).toEqual(access);
  });

  it('are the same each time, so that a short repeat gets the same successor', () => {
    expect(tokens.refreshToken({ grantId: id, generation: 1 })).toBe(made.refresh);
  });

  it('are nothing as another kind', () => {
    for (const kind of KINDS)
      for (const other of KINDS)
        if (other !== kind) expect([kind, other, read[other](made[kind])]).toEqual([kind, other, null]);
  });

  it('are nothing with any bit changed, cut, lengthened, or spelled otherwise', () => {
    for (const kind of KINDS) {
      const token = made[kind];
      const raw = Buffer.from(token, 'base64url');
      for (let bit = 0; bit < raw.length * 8; bit += 1) {
        const changed = Buffer.from(raw);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(read[kind](changed.toString('base64url'))).toBeNull();
      }
      for (const text of [
        '',
        token.slice(1),
        token.slice(0, -1),
        `${token}A`,
        `${token}=`,
        ` ${token}`,
        `${token}\n`,
        `${token.slice(0, 20)} ${token.slice(20)}`,
      ])
        expect([kind, text, read[kind](text)]).toEqual([kind, text, null]);
      const respelled = raw.toString('base64');
      if (respelled !== token) expect(read[kind](respelled)).toBeNull();
      expect(read[kind]('A'.repeat(100_000))).toBeNull();
    }
  });

  it('are nothing under another secret', () => {
    const other = new SealedTokens('another secret that is long enough for it');
    expect(other.readCode(made.code)).toBeNull();
    expect(other.readRefreshToken(made.refresh)).toBeNull();
  });

  it('do not tell one person’s from another’s but by their own id', () => {
    const next = tokens.code(newId());
    expect(next.slice(-43)).not.toBe(made.code.slice(-43));
  });
});

describe('scopes as places', () => {
  const all = ['openid', 'profile', 'email', 'roles'] as const;
  it('go there and back', () => {
    for (let mask = 0; mask < 16; mask += 1) expect(scopeMask(all, scopesOf(all, mask))).toBe(mask);
    expect(scopesOf(all, scopeMask(all, ['roles', 'openid', 'unknown']))).toEqual(['openid', 'roles']);
    expect(scopesOf(all, 0xffff_ffff)).toEqual([...all]);
  });
});
