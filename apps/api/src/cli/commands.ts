import type { INestApplicationContext } from '@nestjs/common';
import type { AppConfig } from '../config/app-config.js';

/** What a command found out or did. */
export interface CommandResult {
  /** For programs (`--json`): one JSON document. */
  readonly facts: object;
  /** For people; lines end with \n, the last one included. */
  readonly text: string;
  /** Default 0. */
  readonly exitCode?: number;
}

interface AnyCommand {
  /** The words that call it, e.g. `oauth rotate-keys`. */
  readonly name: string;
  /** One line of the usage. */
  readonly summary: string;
  /** Options beside `--json`: name → whether it takes a value. */
  readonly options?: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly about: string }>>;
}

interface CommandOnDatabase extends AnyCommand {
  /**
   * @param app the services of `CliModule`
   * @throws StartupError: one sentence for the person at the terminal
   */
  run(app: INestApplicationContext, options: CommandOptions): Promise<CommandResult>;
}

/** Works where nothing else does: without a database, and when the settings are wrong. */
interface CommandAlone extends AnyCommand {
  /** @param load reads the settings; throws StartupError when they are wrong */
  alone(load: () => AppConfig, options: CommandOptions): Promise<CommandResult>;
}

/** A command of the admin program. */
export type Command = CommandOnDatabase | CommandAlone;

export type CommandOptions = Readonly<Record<string, string | boolean | undefined>>;

/** All commands, in the order of the usage. What they need is loaded when they run: naming them costs nothing. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'doctor',
    summary: 'look at the whole stack and say what mends it; ends with 2 when something is wrong',
    options: { 'without-database': { type: 'string', about: 'why there is none to look at (npm run doctor says it)' } },
    alone: async (load, options) => (await import('./doctor.command.js')).callDoctor(load, options),
  },
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
