/** `npm run check`: formatting, lint, allowed directions and types, without the tests. */
import process from 'node:process';
import { runChecks } from './lib/checks.mjs';
import { program } from './lib/run.mjs';

await program(async () => {
  const { failed } = await runChecks();
  if (failed > 0) process.exitCode = 1;
});
