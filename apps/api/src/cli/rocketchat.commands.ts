import type { RocketChatVerifyCheck } from '@besedka/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import type { CommandResult } from './commands.js';
import { counted, lines } from './differences.js';
import { EXIT_DIFFERENCES } from './exit-codes.js';
import { notedRun } from './noted-run.js';
import { causeInWords, CHECK_WORDS } from './verify-words.js';

/** `rocketchat plan` */
export async function planRocketChat(app: INestApplicationContext): Promise<CommandResult> {
  const {
    result: { plan },
  } = await notedRun(app, { kind: 'plan' });
  const { differences, warnings } = plan;
  const summary =
    differences.length === 0
      ? `${warnings.length === 0 ? 'Everything is as it shall be.' : 'Nothing differs; mind the warning above.'}\n`
      : `${counted(differences.length, 'difference')}; rocketchat apply makes it so.\n`;
  return {
    facts: plan,
    text: head(plan) + lines(differences) + summary,
    exitCode: differences.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

/** `rocketchat apply`; what it is doing goes to standard error. */
export async function applyRocketChat(app: INestApplicationContext): Promise<CommandResult> {
  const {
    result: { applied },
  } = await notedRun(app, { kind: 'apply' });
  const { changed, remaining } = applied;
  const summary =
    changed.length === 0 && remaining.length === 0
      ? `${applied.warnings.length === 0 ? 'Everything was as it shall be' : 'Nothing differed, but mind the warning above'}; nothing was written.\n`
      : `${changed.length} changed.\n`;
  const members = remaining.filter(({ kind }) => kind === 'member');
  const settings = remaining.filter(({ kind }) => kind !== 'member');
  const left =
    (settings.length === 0
      ? ''
      : `Rocket.Chat lets nobody change these over its API; set them in its environment (OVERWRITE_SETTING_…):\n${lines(settings)}`) +
    (members.length === 0 ? '' : `These could not be put right now; the server tries again:\n${lines(members)}`);
  return {
    facts: applied,
    text: head(applied) + lines(changed) + summary + left,
    exitCode: remaining.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

function head({ version, mode, warnings }: { version: string; mode: string; warnings: readonly string[] }): string {
  return [`Rocket.Chat ${version}, sign-in mode ${mode}`, ...warnings.map((one) => `Warning: ${one}`), ''].join('\n');
}

/** `rocketchat verify`; what it is looking at goes to standard error. */
export async function verifyRocketChat(app: INestApplicationContext): Promise<CommandResult> {
  const {
    result: { verification },
  } = await notedRun(app, {
    kind: 'verify',
    onStep: (check) => process.stderr.write(`${CHECK_WORDS[check as RocketChatVerifyCheck]} …\n`),
  });
  const { checks, ok } = verification;
  const text = checks.map(({ id, cause, facts }) => {
    const line = `${cause === null ? 'ok    ' : 'FAILED'}  ${CHECK_WORDS[id]}\n`;
    return cause === null ? line : `${line}        ${causeInWords(cause, facts)}\n`;
  });
  const summary = ok ? 'Everything works as a person would see it.\n' : 'Not everything works.\n';
  return {
    facts: verification,
    text: head(verification) + text.join('') + summary,
    exitCode: ok ? 0 : EXIT_DIFFERENCES,
  };
}
