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
  /** The one word that may stand beside the options, e.g. a file; handed over among them. */
  readonly operand?: { readonly name: string };
  /** What does not go together, in one sentence; null: nothing. Asked before anything is opened. */
  readonly misuse?: (options: CommandOptions) => string | null;
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
  {
    name: 'rocketchat verify',
    summary: 'prove it with a test account at the running portal; ends with 2 when a check fails',
    run: async (app) => (await import('./rocketchat.commands.js')).verifyRocketChat(app),
  },
  {
    name: 'rocketchat backup',
    operand: { name: 'file' },
    summary: 'write settings, channels, members and webhooks to a new file (or to standard output); secrets are sealed',
    run: async (app, options) => (await import('./backup.commands.js')).backUp(app, options),
  },
  {
    name: 'rocketchat backups',
    summary: 'list what was kept by itself before each apply, restore and rollback',
    run: async (app) => (await import('./backup.commands.js')).listBackups(app),
  },
  {
    name: 'rocketchat restore',
    operand: { name: 'file' },
    summary: 'show what a backup would change; ends with 2 when there is something',
    options: {
      yes: { type: 'boolean', about: 'and change it' },
      kept: { type: 'string', about: 'in place of a file: id out of rocketchat backups' },
    },
    misuse: ({ file, kept }) =>
      (typeof file === 'string') === (typeof kept === 'string')
        ? 'Name a file, or with --kept one of rocketchat backups.'
        : null,
    run: async (app, options) => (await import('./backup.commands.js')).restore(app, options),
  },
  {
    name: 'rocketchat rollback',
    summary: 'return to the state before the last apply',
    options: { plan: { type: 'boolean', about: 'only show what would change; ends with 2 when there is something' } },
    run: async (app, options) => (await import('./backup.commands.js')).rollBack(app, options),
  },
];
