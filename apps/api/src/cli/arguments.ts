import { parseArgs } from 'node:util';
import { type Command, type CommandOptions, COMMANDS } from './commands.js';

/** Exit code of a wrong call (`EX_USAGE` of sysexits.h). */
export const EXIT_USAGE = 64;

/** What the words after the program's name ask for. */
export type Asked =
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly json: boolean;
      /** The operand, if there is one, is among them under its own name. */
      readonly options: CommandOptions;
    }
  | { readonly kind: 'help' }
  /** `reason`: one sentence. */
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads the command line; a command is named by its first words, its operand and options follow. */
export function readArguments(args: readonly string[], commands: readonly Command[] = COMMANDS): Asked {
  const firstOption = args.findIndex((word) => word.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const rest = args.slice(words.length);
  if (rest.includes('--help') || rest.includes('-h') || words[0] === 'help') return { kind: 'help' };
  if (words.length === 0) return { kind: 'wrong', reason: 'No command was given.' };
  const found = commandOf(words, commands);
  if (found === null) return { kind: 'wrong', reason: 'There is no such command.' };
  const { command, operand } = found;
  try {
    const known = Object.fromEntries(
      Object.entries(command.options ?? {}).map(([name, { type }]) => [name, { type }] as const),
    );
    const allowPositionals = command.operand !== undefined && operand === null;
    const { values, positionals } = parseArgs({
      args: rest,
      options: { ...known, json: { type: 'boolean' } },
      strict: true,
      allowPositionals,
    });
    if (positionals.length > 1) throw new Error('one operand at most');
    const { json, ...options } = values as CommandOptions;
    const word = operand ?? positionals[0];
    const given = command.operand === undefined || word === undefined ? {} : { [command.operand.name]: word };
    const all = { ...options, ...given };
    const misuse = command.misuse?.(all) ?? null;
    if (misuse !== null) return { kind: 'wrong', reason: misuse };
    return { kind: 'command', command, json: json === true, options: all };
  } catch {
    return { kind: 'wrong', reason: `The options of ${command.name} are wrong.` };
  }
}

/** The command that these words name, one of them perhaps its operand. */
function commandOf(
  words: readonly string[],
  commands: readonly Command[],
): { command: Command; operand: string | null } | null {
  const exact = commands.find(({ name }) => name === words.join(' '));
  if (exact !== undefined) return { command: exact, operand: null };
  const name = words.slice(0, -1).join(' ');
  const command = commands.find((one) => one.name === name && one.operand !== undefined);
  return command === undefined ? null : { command, operand: words.at(-1) ?? null };
}

/** How to call the program, with every command. */
export function usage(commands: readonly Command[] = COMMANDS): string {
  const lines = commands.flatMap(({ name, operand, summary, options }) => [
    `  ${(operand === undefined ? name : `${name} ${operand.name.toUpperCase()}`).padEnd(26)}${summary}`,
    ...Object.entries(options ?? {}).map(([option, { type, about }]) => {
      const shown = type === 'string' ? `--${option} …` : `--${option}`;
      return `    ${shown.padEnd(24)}${about}`;
    }),
  ]);
  return [
    'Usage: npm run besedka -- <command> [--json]',
    '',
    ...lines,
    '',
    '  --json                    answer with one JSON document (with `npm run --silent`, nothing else is printed)',
    '',
  ].join('\n');
}
