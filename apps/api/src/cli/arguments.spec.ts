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

  it.each([[['people', 'fetch', 'a-file', '--loud']], [['people', 'fetch', '--loud', 'a-file']]])(
    'takes the operand before or after the options: %j',
    (args) => {
      const fetch: Command = { ...greet, name: 'people fetch', operand: { name: 'file' } };
      expect(readArguments(args, [greet, fetch])).toMatchObject({
        command: fetch,
        options: { file: 'a-file', loud: true },
      });
      expect(readArguments([...args, 'another'], [greet, fetch]).kind).toBe('wrong');
      expect(readArguments(['people', 'fetch'], [greet, fetch])).toMatchObject({ options: {} });
    },
  );

  it.each([
    [[]],
    [['oauth']],
    [['oauth', 'rotate']],
    [['oauth', 'keys', 'now']],
    [['oauth', 'keys', '--force']],
    [['people', 'greet', '--name']],
    [['people', 'greet', '--loud=yes']],
    [['people', 'greet', '--json', 'Anna']],
    [['rocketchat', 'restore', '--yes']],
    [['rocketchat', 'restore', 'a-file', '--kept', 'an-id']],
  ])('refuses %j', (args) => expect(readArguments(args, [...COMMANDS, greet]).kind).toBe('wrong'));

  it.each([[['help']], [['--help']], [['oauth', 'keys', '-h']]])('explains itself for %j', (args) =>
    expect(readArguments(args)).toEqual({ kind: 'help' }),
  );

  it('a restore names its file, or a backup that was kept', () => {
    expect(readArguments(['rocketchat', 'restore', 'a-file'])).toMatchObject({ options: { file: 'a-file' } });
    expect(readArguments(['rocketchat', 'restore', '--kept', 'an-id'])).toMatchObject({ options: { kept: 'an-id' } });
  });

  it('lists every command and option in the usage', () => {
    const text = usage([...COMMANDS, greet]);
    for (const { name, summary } of COMMANDS)
      expect(text).toMatch(new RegExp(`^ {2}${name}(?: [A-Z]+)? +${summary.replace(/[()]/g, '.')}$`, 'm'));
    expect(text).toMatch(/^ {4}--name … +whom$/m);
  });
});
