import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DrivenClient, type Step, STEPS } from './driven-client.js';

/** The version that is installed. Not every package exports its `package.json`, hence the way through the folders. */
export function installedVersion(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string };
      return version;
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed`);
}

/** One line a client, as it stands in README: ✓ was seen working, ✗ not, – is not in the client. */
export function clientTable(clients: readonly DrivenClient[], seen: (name: string, step: Step) => boolean): string {
  const rows = clients.map(({ name, steps }) => [
    `\`${name}\` ${installedVersion(name).split('.').slice(0, 2).join('.')}`,
    ...STEPS.map((step) => (steps[step] === undefined ? '–' : seen(name, step) ? '✓' : '✗')),
  ]);
  const columns = ['client', ...STEPS];
  const width = columns.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const text = (line: string[]): string => `| ${line.map((cell, n) => cell.padEnd(width[n] ?? 0)).join(' | ')} |`;
  return [text(columns), text(width.map((size) => '-'.repeat(size))), ...rows.map(text)].join('\n');
}
