import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '@besedka/contracts/errors';

const folder = new URL('./locales/', import.meta.url);
type Tree = { [key: string]: string | Tree };

const read = (locale: string, area: string): Tree =>
  JSON.parse(readFileSync(new URL(`${locale}/${area}.json`, folder), 'utf8')) as Tree;

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of leaves(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();

const areas = readdirSync(new URL('ru/', folder)).map((name) => name.replace('.json', ''));

describe('locale files', () => {
  it('exist in both languages', () => {
    expect(readdirSync(new URL('en/', folder)).map((name) => name.replace('.json', ''))).toEqual(areas);
  });

  it.each(areas)('%s has the same keys and placeholders in Russian and English', (area) => {
    const ru = leaves(read('ru', area));
    const en = leaves(read('en', area));
    expect([...ru.keys()].sort()).toEqual([...en.keys()].sort());
    for (const [key, text] of ru) expect([key, placeholders(text)]).toEqual([key, placeholders(en.get(key) ?? '')]);
  });

  it.each(areas)('%s has no empty text, and three or four Russian forms where English has two or three', (area) => {
    const en = leaves(read('en', area));
    for (const [key, text] of leaves(read('ru', area))) {
      expect([key, text.trim() !== '' && en.get(key)?.trim() !== '']).toEqual([key, true]);
      const forms = text.split('|').length;
      const expected = { 1: 1, 2: 3, 3: 4 }[(en.get(key) ?? '').split('|').length];
      expect([key, forms]).toEqual([key, expected]);
    }
  });

  it('use no straight quotes in Russian', () => {
    for (const area of areas)
      for (const [key, text] of leaves(read('ru', area))) expect([key, text]).toEqual([key, text.replaceAll('"', '«')]);
  });
});

describe('error texts', () => {
  it.each(['ru', 'en'])('cover every code the server can answer with (%s)', (locale) => {
    const texts = read(locale, 'errors')['codes'] as Tree;
    expect(ERROR_CODES.filter((code) => !texts[code])).toEqual([]);
  });

  it.each(['ru', 'en'])('cover failures that never reach the server (%s)', (locale) => {
    const texts = read(locale, 'errors')['codes'] as Tree;
    expect(['network', 'timeout', 'unexpected'].filter((code) => !texts[code])).toEqual([]);
  });
});
