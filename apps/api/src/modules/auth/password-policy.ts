import { AppError } from '../../common/errors/app-error.js';
import type { Mode } from '../../config/app-config.js';

/** Passwords that the README prints: everybody knows them. */
export const LOCAL_PASSWORDS: readonly string[] = [
  'owner123secure',
  'admin123secure',
  'storeowner123secure',
  'storeadmin123secure',
  'user123secure',
];

/** Words that lead every list of stolen passwords; digits and signs around them change nothing. */
const COMMON_WORDS = new Set(
  `password passwort passw passwd qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qwe asd zxc qweasd
   qweasdzxc admin administrator root user guest login welcome letmein iloveyou iloveyouso monkey dragon football baseball
   basketball superman batman sunshine princess master shadow michael jennifer jordan hunter trustno changeme secret default
   test testtest temp temporary whatever starwars computer internet samsung google facebook letmeinplease hello helloworld
   passwordpassword пароль парольпароль йцукен йцукенг йцукенгшщз фывапролдж ячсмить привет любовь админ администратор
   россия москва наташа спартак зенит солнышко parol privet lubov natasha marina spartak moskva rossiya zaq xsw abc abcd
   abcdef abcdefgh aaa`.split(/\s+/),
);

/** Rows of keys and of the alphabet; a password cut out of one, forwards or backwards, is no secret. */
const ROWS = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
];
const SEQUENCES = ROWS.flatMap((row) => {
  const twice = row + row;
  return [twice, [...twice].reverse().join('')];
});

/** "p4ssw0rd" is "password". */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const PRODUCT_NAMES = ['besedka', 'беседка'];
const FEWEST_DIFFERENT = 5;

export type Weakness = 'common' | 'contains_name' | 'too_uniform' | 'known_default';

function isCommon(lower: string): boolean {
  const letters = (text: string): string => text.replace(/[^\p{L}]/gu, '');
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const unleeted = core.replace(/[013457@$!]/g, (c) => LEET[c] ?? c);
  if ([lower, unleeted].some((text) => COMMON_WORDS.has(letters(text)))) return true;
  const trimmed = lower.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return letters(lower) === ''
    ? SEQUENCES.some((row) => row.includes(trimmed))
    : SEQUENCES.some((row) => row.includes(lower));
}

/** Why a password is too easy to guess, or null. Length is the schema's business. */
export function weaknessOf(password: string, names: readonly string[], mode: Mode): Weakness | null {
  const lower = password.normalize('NFKC').toLowerCase();
  if (mode === 'production' && LOCAL_PASSWORDS.includes(lower)) return 'known_default';
  if (new Set(lower).size < FEWEST_DIFFERENT) return 'too_uniform';
  if (isCommon(lower)) return 'common';
  const telling = [...PRODUCT_NAMES, ...names.map((name) => name.toLowerCase())].filter((name) => name.length >= 3);
  return telling.some((name) => lower.includes(name)) ? 'contains_name' : null;
}

/**
 * @param names what the password must not contain: the user name and the local part of the e-mail address
 * @throws AppError `password_too_weak` with `data.reason`
 */
export function assertStrongPassword(password: string, names: readonly string[], mode: Mode): void {
  const reason = weaknessOf(password, names, mode);
  if (reason !== null) throw new AppError('password_too_weak', { data: { reason } });
}
