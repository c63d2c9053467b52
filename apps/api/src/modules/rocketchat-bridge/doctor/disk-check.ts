import { statfs } from 'node:fs/promises';
import type { DoctorLine } from '@besedka/contracts';
import { ok, warning, wrong } from './lines.js';

const GIB = 1024 ** 3;
/** Below, uploads and a growing database may meet the end any day. */
const LOW = GIB;
/** Below, PostgreSQL itself may stop. */
const FULL = 128 * 1024 ** 2;

/** Room on the disk of the data folder. @param space how much there is, in bytes; a test says it */
export async function checkDisk(dataDir: string, space = spaceOf): Promise<DoctorLine> {
  try {
    const { free, total } = await space(dataDir);
    const facts = { folder: dataDir, free: gib(free), total: gib(total) };
    if (free < FULL) return wrong('disk_full', facts);
    if (free < LOW) return warning('disk_low', facts);
    return ok('disk', facts);
  } catch {
    return warning('disk_unreadable', { folder: dataDir });
  }
}

async function spaceOf(folder: string): Promise<{ free: number; total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}

const gib = (bytes: number): string => (bytes / GIB).toFixed(1);
