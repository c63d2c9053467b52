import { parseArgs } from 'node:util';
import { type Command, type CommandOptions, COMMANDS } from './commands.js';

/** Exit code of a wrong call (`EX_USAGE` of sysexits.h). */
export const EXIT_USAGE = 64;

/** What the words after the program's name ask for. */
export type Asked =
  | { readonly kind: 'command'; readonly command: Command; readonly json: boolean; readonly options: CommandOptions }
  | { readonly kind: 'help' }
  /** `reason`: one sentence. */
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads the command line; a command is named by its first words, options follow. */
export function readArguments(args: readonly string[], commands: readonly Command[] = COMMANDS): Asked {
  const firstOption = args.findIndex((word) => word.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const rest = args.slice(words.length);
  if (rest.includes('--help') || rest.includes('-h') || words[0] === 'help') return { kind: 'help' };
  if (words.length === 0) return { kind: 'wrong', reason: 'No command was given.' };
  const command = commands.find(({ name }) => name === words.join(' '));
  if (command === undefined) return { kind: 'wrong', reason: 'There is no such command.' };
  try {
    const known = Object.fromEntries(
      Object.entries(command.options ?? {}).map(([name, { type }]) => [name, { type }] as const),
    );
    const { values } = parseArgs({ args: rest, options: { ...known, json: { type: 'boolean' } }, strict: true });
    const { json, ...options } = values as CommandOptions;
    return { kind: 'command', command, json: json === true, options };
  } catch {
    return { kind: 'wrong', reason: `The options of ${command.name} are wrong.` };
  }
}

/** How to call the program, with every command. */
export function usage(commands: readonly Command[] = COMMANDS): string {
  const lines = commands.flatMap(({ name, summary, options }) => [
    `  ${name.padEnd(22)}${summary}`,
    ...Object.entries(options ?? {}).map(([option, { type, about }]) => {
      const shown = type === 'string' ? `--${option} …` : `--${option}`;
      return `    ${shown.padEnd(20)}${about}`;
    }),
  ]);
  return [
    'Usage: npm run besedka -- <command> [--json]',
    '',
    ...lines,
    '',
    '  --json                answer with one JSON document (with `npm run --silent`, nothing else is printed)',
    '',
  ].join('\n');
}
