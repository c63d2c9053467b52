import { readArguments, usage } from './arguments.js';
import { type Command, COMMANDS } from './commands.js';

const greet: Command = {
  name: 'people greet',
  summary: 'say hello',
  options: { name: { type: 'string', about: 'whom' }, loud: { type: 'boolean', about: 'with a mark' } },
  run: () => Promise.resolve({ facts: {}, text: '' }),
};

describe('the command line of the admin program', () => {
  it('names a command by its words and reads its options', () => {
    expect(readArguments(['people', 'greet', '--name', 'Anna', '--json'], [greet])).toEqual({
      kind: 'command',
      command: greet,
      json: true,
      options: { name: 'Anna' },
    });
    expect(readArguments(['oauth', 'keys'])).toMatchObject({ kind: 'command', json: false, options: {} });
  });

  it.each([
    [[]],
    [['oauth']],
    [['oauth', 'rotate']],
    [['oauth', 'keys', 'now']],
    [['oauth', 'keys', '--force']],
    [['people', 'greet', '--name']],
    [['people', 'greet', '--loud=yes']],
    [['people', 'greet', '--json', 'Anna']],
  ])('refuses %j', (args) => expect(readArguments(args, [...COMMANDS, greet]).kind).toBe('wrong'));

  it.each([[['help']], [['--help']], [['oauth', 'keys', '-h']]])('explains itself for %j', (args) =>
    expect(readArguments(args)).toEqual({ kind: 'help' }),
  );

  it('lists every command and option in the usage', () => {
    const text = usage([...COMMANDS, greet]);
    for (const { name, summary } of COMMANDS) expect(text).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
    expect(text).toMatch(/^ {4}--name … +whom$/m);
  });
});
