/** `npm run openapi`: writes apps/api/openapi.json from the declarations; a test compares the two. */
import { join } from 'node:path';
import process from 'node:process';
import { build } from './lib/build.mjs';
import { program, run } from './lib/run.mjs';
import { ROOT } from './lib/tools.mjs';

await program(async () => {
  await build();
  const { code, output } = await run({ command: process.execPath, args: [join(ROOT, 'apps/api/dist/openapi.js')] });
  if (code !== 0) throw new Error(output);
});
