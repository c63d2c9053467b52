import { describe, expect, it } from '@jest/globals';
import { AVATAR_BYTES_MAX } from '@besedka/contracts/limits';
import { AVATAR_MEGABYTES, avatarProblem } from './avatarFile';

describe('a picture before it is sent', () => {
  it('may be one of the usual kinds up to the limit', () => {
    for (const type of ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']) {
      expect(avatarProblem({ type, size: AVATAR_BYTES_MAX })).toBeNull();
    }
    expect(AVATAR_MEGABYTES).toBe(5);
  });

  it('is refused with a reason otherwise', () => {
    expect(avatarProblem({ type: 'image/svg+xml', size: 10 })).toBe('wrongType');
    expect(avatarProblem({ type: '', size: 10 })).toBe('wrongType');
    expect(avatarProblem({ type: 'image/png', size: AVATAR_BYTES_MAX + 1 })).toBe('tooBig');
  });
});
