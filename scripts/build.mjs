/** `npm run build`: installs what is missing and builds what has changed. */
import { checkNodeVersion, program } from './lib/run.mjs';

await program(async () => {
  checkNodeVersion();
  const { ensureInstalled } = await import('./lib/install.mjs');
  await ensureInstalled();
  const { build } = await import('./lib/build.mjs');
  await build();
});
