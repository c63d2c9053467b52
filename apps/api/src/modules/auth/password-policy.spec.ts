import { LOCAL_ACCOUNTS } from '../../database/seeds/local-accounts.js';
import { LOCAL_PASSWORDS, weaknessOf } from './password-policy.js';

describe('weak passwords', () => {
  it.each([
    'password123',
    'Password2024!',
    'P@ssw0rd12',
    '!!qwerty123456',
    'qwertyuiop',
    'poiuytrewq',
    '1234567890',
    '0987654321',
    '12345678901',
    'abcdefghij',
    'йцукенгшщз',
    'пароль12345',
    'iloveyou2025',
    'administrator1',
  ])('%s is common', (password) => {
    expect(weaknessOf(password, [], 'local')).toBe('common');
  });

  it.each([['aaaaaaaaaa'], ['abababababab'], ['1111222233']])('%s is too uniform', (password) => {
    expect(weaknessOf(password, [], 'local')).toBe('too_uniform');
  });

  it.each([
    ['anna_petrova-42x', ['anna_petrova']],
    ['my-BESEDKA-pass', []],
    ['Беседка вечером', []],
  ])('%s contains a name', (password, names) => {
    expect(weaknessOf(password, names, 'local')).toBe('contains_name');
  });

  it.each([
    'correct horse battery staple',
    'тихий вечер 4207',
    'x9$Lm2!qRv',
    '密碼密碼很長很長的密碼',
    '2024-07-19 was sunny',
  ])('%s is good enough', (password) => {
    expect(weaknessOf(password, ['anna', 'x'], 'production')).toBeNull();
  });

  it('those of local mode are known in production, whatever the case, and only there', () => {
    expect(LOCAL_ACCOUNTS.map((account) => account.password)).toEqual(LOCAL_PASSWORDS);
    for (const password of LOCAL_PASSWORDS) {
      expect(weaknessOf(password.toUpperCase(), [], 'production')).toBe('known_default');
      expect(weaknessOf(password, [], 'local')).toBeNull();
    }
  });
});
