import type { INestApplicationContext } from '@nestjs/common';
import { systemContext } from '../common/context/request-context.js';
import { StartupError } from '../config/config-error.js';
import { DriftService } from '../modules/rocketchat-bridge/drift.service.js';

/**
 * After a command that wrote: the Integration page tells how it is now, not how it was before. The command itself is through, so what
 * fails here is said on standard error and changes nothing of its end.
 */
export async function lookAgain(app: INestApplicationContext): Promise<void> {
  try {
    await app.get(DriftService).check(systemContext('cli'));
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`What differs now could not be looked at: ${error.message}\n`);
  }
}
