/**
 * `npm run test:rocketchat`: holds the contract against the real Rocket.Chat server at `ROCKETCHAT_URL`, with the tests that
 * `npm test` runs against the double. It makes accounts, rooms and webhooks named `temp…`, changes a few settings, and puts everything
 * back; still, take a server on which nobody works. See docs/rocketchat-client.md.
 *
 * `npm run test:rocketchat -- <jest options>` narrows it.
 */
import process from 'node:process';
import { checkNodeVersion, program, Refusal, run } from './lib/run.mjs';

/** What the suites need to know of the server. */
const NEEDED = ['ROCKETCHAT_URL', 'ROCKETCHAT_USER', 'ROCKETCHAT_PASSWORD'];

await program(async () => {
  checkNodeVersion();
  const missing = NEEDED.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Refusal(
      `Set ${missing.join(', ')}: the address of a Rocket.Chat server, and an admin of it without TOTP or e-mail code.`,
    );
  }
  const { ensureInstalled } = await import('./lib/install.mjs');
  await ensureInstalled();
  const { jestCommand } = await import('./lib/tools.mjs');
  const selection = ['--selectProjects', 'unit', '--runInBand', '--testTimeout', '180000'];
  const command = jestCommand([
    ...selection,
    '--testPathPatterns',
    'libs/rocketchat/src/contract/(?!resilience)',
    ...process.argv.slice(2),
  ]);
  const { code } = await run(command, { show: true });
  process.exitCode = code;
});
