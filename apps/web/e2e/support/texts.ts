import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'shared', 'i18n', 'locales');

export type Language = 'ru' | 'en';
/** A text of the interface by its key, with its named parts filled in. */
export type Texts = (key: string, named?: Readonly<Record<string, string>>) => string;

/** The interface's own texts, for journeys that must work in every language. @throws for a key that does not exist */
export function textsOf(language: Language): Texts {
  const areas = new Map<string, unknown>();
  return (key, named = {}) => {
    const [area = '', ...path] = key.split('.');
    if (!areas.has(area)) areas.set(area, JSON.parse(readFileSync(join(FOLDER, language, `${area}.json`), 'utf8')));
    const text = path.reduce<unknown>(
      (node, step) => (node as Record<string, unknown> | undefined)?.[step],
      areas.get(area),
    );
    if (typeof text !== 'string') throw new Error(`There is no text ${key} in ${language}`);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => named[name] ?? whole);
  };
}
