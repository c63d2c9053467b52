import { lookAlikeKeyNames } from './key-names.js';

it.each([
  ['store-owner', ['store_owner']],
  ['storeadmin', ['store_admin']],
  ['o.w-n_er', ['owner']],
  ['ad_min', ['admin']],
  ['owner', []],
  ['owners', []],
  ['user', []],
  ['u.ser', []],
])('%s is like %j', (username, keys) => {
  expect(lookAlikeKeyNames(username)).toEqual(keys);
});
