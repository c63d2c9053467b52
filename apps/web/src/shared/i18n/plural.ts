/**
 * Which of the given forms a number takes; the signature is vue-i18n's plural rule.
 * Forms in the locale files: Russian `1 | 2–4 | 5+` or `0 | 1 | 2–4 | 5+`, English `1 | many` or `0 | 1 | many`.
 */
export type PluralRule = (choice: number, choicesLength: number) => number;

export const russianPlural: PluralRule = (choice, choicesLength) => {
  const zero = choicesLength > 3 ? 1 : 0;
  if (zero === 1 && choice === 0) return 0;
  const n = Math.abs(choice);
  const tens = n % 100;
  const ones = n % 10;
  if (tens >= 11 && tens <= 14) return zero + 2;
  if (ones === 1) return zero;
  if (ones >= 2 && ones <= 4) return zero + 1;
  return zero + 2;
};

export const englishPlural: PluralRule = (choice, choicesLength) => {
  const zero = choicesLength > 2 ? 1 : 0;
  if (zero === 1 && choice === 0) return 0;
  return zero + (Math.abs(choice) === 1 ? 0 : 1);
};
