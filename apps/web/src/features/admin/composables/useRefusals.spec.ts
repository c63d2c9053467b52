import { describe, expect, it } from '@jest/globals';
import { useRefusals } from './useRefusals';

describe('what the server refused', () => {
  it('stands beside its field until the field says something else', () => {
    const fields: Record<string, unknown> = { username: 'taken', roles: ['owner'] };
    const refusals = useRefusals((name) => fields[name]);
    refusals.set([
      { name: 'username', message: 'is taken' },
      { name: 'roles', message: 'too high' },
    ]);
    expect(refusals.standing()).toHaveLength(2);
    fields['username'] = 'free';
    expect(refusals.standing()).toEqual([{ name: 'roles', message: 'too high' }]);
    // Typed back, it is as refused as before.
    fields['username'] = 'taken';
    expect(refusals.standing()).toHaveLength(2);
    refusals.clear();
    expect(refusals.standing()).toEqual([]);
  });
});
