/**
 * Jest with what it needs to run here: `node scripts/jest.mjs <pattern> [jest options]`.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { jestCommand } from './lib/tools.mjs';

const { command, args, env } = jestCommand(process.argv.slice(2));
const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
if (error) throw error;
process.exitCode = status ?? 1;
