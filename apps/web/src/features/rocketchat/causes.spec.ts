import { readFileSync } from 'node:fs';
import { ROCKETCHAT_CAUSE_NAMES } from '@besedka/contracts/rocketchat-causes';

interface Texts {
  cause: Record<string, { title?: string; text?: string }>;
}
const read = (language: string): Texts =>
  JSON.parse(
    readFileSync(new URL(`../../shared/i18n/locales/${language}/rocketchat.json`, import.meta.url), 'utf8'),
  ) as Texts;

describe.each(['ru', 'en'])('causes in %s', (language) => {
  const { cause } = read(language);

  it.each(ROCKETCHAT_CAUSE_NAMES)('%s is told in words: what is the matter and what to do', (name) => {
    expect(cause[name]).toEqual({ title: expect.stringMatching(/\S/), text: expect.stringMatching(/[.]$/) });
  });

  it('and nothing else is', () => {
    // A refused WebSocket is the same cause with another remedy.
    expect(Object.keys(cause).sort()).toEqual([...ROCKETCHAT_CAUSE_NAMES, 'browser_cannot_reach_socket'].sort());
  });
});
