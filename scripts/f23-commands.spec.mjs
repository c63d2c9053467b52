import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './lib/tools.mjs';

const manifests = [
  '.',
  'bench',
  ...['apps', 'libs'].flatMap((folder) => children(folder).map((name) => `${folder}/${name}`)),
];

/** @param {string} folder @returns {string[]} */
function children(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}

/** @param {string} folder @returns {string[]} source files below it */
function sources(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(mjs|sh|bat|cmd|ps1)$/.test(name) && !/node_modules|dist/.test(name),
  );
}

describe('F23 commands run the same in every shell', () => {
  it.each(manifests)('%s: each script is one program with arguments', (folder) => {
    /** @type {{ scripts?: Record<string, string> }} */
    const { scripts = {} } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    for (const [name, command] of Object.entries(scripts)) {
      // No chaining, pipes, redirections, variables, globs or quotes: each shell reads them in its own way.
      expect({ name, command }).toEqual({
        name,
        command: expect.stringMatching(/^(node|tsc|vite|prettier)( [\w./@:=-]+)*$/),
      });
    }
  });

  it('the programs are Node modules, and none of them starts a shell', () => {
    const names = [
      ...sources('scripts').map((name) => join('scripts', name)),
      ...sources('bench').map((name) => join('bench', name)),
    ];
    expect(names.filter((name) => !name.endsWith('.mjs'))).toEqual([]);
    const shells = names.filter(
      (name) =>
        !name.endsWith('.spec.mjs') &&
        /shell:\s*true|(?<!\.)\bexec(Sync)?\(|\/bin\/(ba)?sh\b/.test(readFileSync(join(ROOT, name), 'utf8')),
    );
    expect(shells).toEqual([]);
  });
});
