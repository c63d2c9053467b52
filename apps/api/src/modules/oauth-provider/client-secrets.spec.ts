import { ClientSecrets } from './client-secrets.js';

describe('secrets of clients', () => {
  const secrets = new ClientSecrets('a-key-for-tests-that-is-long-enough');

  it('are long, random, and can be told by their prefix; only a keyed hash and the end are stored', () => {
    const [one, two] = [secrets.make(), secrets.make()];
    expect(one.secret).toMatch(/^bsk_[\w-]{43}$/);
    expect(one.secret).not.toBe(two.secret);
    expect(one.stored).toEqual({ id: one.stored.id, hash: one.stored.hash, hint: one.secret.slice(-4) });
    expect(one.stored.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new ClientSecrets('another-key-that-is-long-enough-too').stored(one.secret).hash).not.toBe(one.stored.hash);
  });

  it('either of two is recognised, nothing else is', () => {
    const [one, two, three] = [secrets.make(), secrets.make(), secrets.make()];
    const stored = [one.stored, two.stored];
    expect(secrets.match(stored, one.secret)).toBe(one.stored.id);
    expect(secrets.match(stored, two.secret)).toBe(two.stored.id);
    for (const wrong of ['', three.secret, one.secret.slice(0, -1), `${one.secret} `, one.stored.hash]) {
      expect(secrets.match(stored, wrong)).toBeNull();
    }
    expect(secrets.match([], one.secret)).toBeNull();
  });
});
