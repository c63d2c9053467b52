import { BUILT_IN_ROLES } from '@besedka/contracts';
import { accessOf, type RoleGrant } from './access.js';
import {
  type Actor,
  editRefusal,
  mayAssign,
  reachRefusal,
  roleDefinitionRefusal,
  rolesRefusal,
  type Target,
} from './reach.js';

const role = (key: string): RoleGrant => {
  const found = BUILT_IN_ROLES.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(key);
  return found;
};
const person = (userId: string, ...keys: string[]): Actor & Target => ({ userId, access: accessOf(keys.map(role)) });
const KEYS = BUILT_IN_ROLES.map(({ key }) => key);

describe('what roles give together', () => {
  it('is the highest level and the union of everything', () => {
    const both = accessOf([role('store_owner'), role('moderator')]);
    expect(both.level).toBe(80);
    expect([...both.manages].sort()).toEqual(['*', 'store_admin']);
    expect(both.permissions.has('chats:moderate')).toBe(true);
    expect([...both.groups].sort()).toEqual(['admin', 'user']);
  });

  it('is nothing for nobody, and unknown names give nothing', () => {
    expect(accessOf([])).toMatchObject({ level: 0, groups: [], roles: [] });
    const odd = accessOf([{ key: 'odd', level: 1, groups: ['gods'], permissions: ['pigeons:send'], manages: [] }]);
    expect([odd.groups, odd.permissions.size]).toEqual([[], 0]);
  });
});

describe('who reaches whom', () => {
  it.each([
    ['owner', ['moderator', 'store_owner', 'store_admin', 'user']],
    ['moderator', ['store_owner', 'store_admin', 'user']],
    ['store_owner', ['store_admin']],
    ['store_admin', []],
    ['user', []],
  ])('%s reaches %j and nobody else', (actor, reached) => {
    const got = KEYS.filter((key) => reachRefusal(person('a', actor), person('b', key)) === null);
    expect(got.sort()).toEqual([...reached].sort());
  });

  it('the default role beside a managed one changes nothing; another role does', () => {
    const storeOwner = person('a', 'store_owner');
    expect(reachRefusal(storeOwner, person('b', 'store_admin', 'user'))).toBeNull();
    expect(reachRefusal(storeOwner, person('b'))).toBeNull();
    const other: RoleGrant = { key: 'editor', level: 10, groups: [], permissions: [], manages: [] };
    expect(reachRefusal(storeOwner, { userId: 'b', access: accessOf([role('store_admin'), other]) })).toBe(
      'out_of_reach',
    );
  });

  it('oneself: edited, but not reached', () => {
    const owner = person('a', 'owner');
    expect(editRefusal(owner, owner)).toBeNull();
    expect(reachRefusal(owner, owner)).toBe('own_account');
  });
});

describe('which roles may be given', () => {
  it('only lower ones, whoever gives', () => {
    for (const actor of KEYS) {
      for (const wanted of KEYS) {
        const refusal = rolesRefusal(person('a', actor), [role(wanted)]);
        if (role(wanted).level >= role(actor).level) expect(refusal).not.toBeNull();
      }
    }
  });

  it('the owner role neither comes nor goes this way', () => {
    expect(rolesRefusal(person('a', 'owner'), [role('owner')])).toBe('owner_only_by_handover');
    expect(rolesRefusal(person('a', 'owner'), [role('user')], ['owner'])).toBe('owner_only_by_handover');
  });

  it('a store owner keeps people among their own', () => {
    const storeOwner = person('a', 'store_owner');
    expect(rolesRefusal(storeOwner, [role('store_admin'), role('user')])).toBeNull();
    expect(rolesRefusal(storeOwner, [role('user')])).toBe('out_of_reach');
    expect(rolesRefusal(storeOwner, [role('store_owner')])).toBe('role_too_high');
    expect(KEYS.filter((key) => mayAssign(storeOwner.access, role(key)))).toEqual(['store_admin']);
  });
});

describe('which roles may be made', () => {
  const wanted = { level: 30, groups: ['user'], permissions: ['users:read'], manages: ['user'] };
  const maker = accessOf([
    { key: 'maker', level: 70, groups: ['user'], permissions: ['roles:manage', 'users:read'], manages: ['user'] },
  ]);

  it.each([
    ['the same level', { level: 70 }, 'role_too_high'],
    ['a permission of others', { permissions: ['users:delete'] }, 'forbidden'],
    ['a group of others', { groups: ['vip'] }, 'forbidden'],
    ['more reach', { manages: ['*'] }, 'forbidden'],
    ['what one has', {}, null],
  ])('%s', (_what, change, refusal) => {
    expect(roleDefinitionRefusal(maker, { ...wanted, ...change })).toBe(refusal);
  });
});
