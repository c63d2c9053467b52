import type { INestApplicationContext } from '@nestjs/common';

/** What a command found out or did. */
export interface CommandResult {
  /** For programs (`--json`): one JSON document. */
  readonly facts: object;
  /** For people; lines end with \n, the last one included. */
  readonly text: string;
  /** Default 0. */
  readonly exitCode?: number;
}

/** A command of the admin program. */
export interface Command {
  /** The words that call it, e.g. `oauth rotate-keys`. */
  readonly name: string;
  /** One line of the usage. */
  readonly summary: string;
  /** Options beside `--json`: name → whether it takes a value. */
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly about: string }>>;
  /**
   * @param app the services of `CliModule`
   * @throws StartupError: one sentence for the person at the terminal
   */
  run(app: INestApplicationContext, options: CommandOptions): Promise<CommandResult>;
}

export type CommandOptions = Readonly<Record<string, string | boolean | undefined>>;

/** All commands, in the order of the usage. What they need is loaded when they run: naming them costs nothing. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'oauth keys',
    summary: 'list the keys that sign id tokens',
    run: async (app) => (await import('./oauth.commands.js')).listKeys(app),
  },
  {
    name: 'oauth rotate-keys',
    summary: 'exchange the key that signs id tokens; no sign-in fails meanwhile',
    run: async (app) => (await import('./oauth.commands.js')).rotateKeys(app),
  },
  {
    name: 'rocketchat plan',
    summary: 'what Rocket.Chat has otherwise than it shall be; ends with 2 when there is something',
    run: async (app) => (await import('./rocketchat.commands.js')).planRocketChat(app),
  },
  {
    name: 'rocketchat apply',
    summary: 'set Rocket.Chat up: settings, channels, sign-in; may be run again at any time',
    run: async (app) => (await import('./rocketchat.commands.js')).applyRocketChat(app),
  },
];
