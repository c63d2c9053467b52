import type { INestApplicationContext } from '@nestjs/common';
import { systemContext } from '../common/context/request-context.js';
import type { Difference, PlanValue } from '../modules/rocketchat-bridge/plan.js';
import { ProvisioningService } from '../modules/rocketchat-bridge/provisioning.service.js';
import type { CommandResult } from './commands.js';
import { EXIT_DIFFERENCES } from './exit-codes.js';

/** `rocketchat plan` */
export async function planRocketChat(app: INestApplicationContext): Promise<CommandResult> {
  const plan = await app.get(ProvisioningService).plan();
  const { differences } = plan;
  const summary =
    differences.length === 0
      ? 'Everything is as it shall be.\n'
      : `${differences.length} differences; rocketchat apply makes it so.\n`;
  return {
    facts: plan,
    text: head(plan) + lines(differences) + summary,
    exitCode: differences.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

/** `rocketchat apply`; what it is doing goes to standard error. */
export async function applyRocketChat(app: INestApplicationContext): Promise<CommandResult> {
  const applied = await app.get(ProvisioningService).apply(systemContext('cli'), {
    onStep: (step, differences) => process.stderr.write(`${step}: ${differences.length} to change\n`),
  });
  const { changed, remaining } = applied;
  const summary =
    changed.length === 0 && remaining.length === 0
      ? 'Everything was as it shall be; nothing was written.\n'
      : `${changed.length} changed.\n`;
  const left =
    remaining.length === 0
      ? ''
      : `Rocket.Chat lets nobody change these over its API; set them in its environment (OVERWRITE_SETTING_…):\n${lines(remaining)}`;
  return {
    facts: applied,
    text: head(applied) + lines(changed) + summary + left,
    exitCode: remaining.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

function head({ version, mode, warnings }: { version: string; mode: string; warnings: readonly string[] }): string {
  return [`Rocket.Chat ${version}, sign-in mode ${mode}`, ...warnings.map((one) => `Warning: ${one}`), ''].join('\n');
}

function lines(differences: readonly Difference[]): string {
  return differences
    .map(({ kind, id, from, to }) => `${kind.padEnd(11)}${id}: ${shown(from)} → ${shown(to)}\n`)
    .join('');
}

function shown(value: PlanValue): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}
