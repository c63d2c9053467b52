import type { DoctorLine, DoctorReport } from '@besedka/contracts';
import { checkApp, checkPublicAddress } from './app-checks.js';
import { checkDatabase } from './database-checks.js';
import { checkDisk } from './disk-check.js';
import { off, ok, reportOf } from './lines.js';
import { checkMongo } from './mongo-check.js';
import type { Patient } from './patient.js';
import { checkRocketChat } from './rocketchat-checks.js';
import { checkSetUp } from './set-up-checks.js';

/**
 * Looks at the whole stack and changes nothing. Every neighbour is asked for itself and for a few seconds at most, so that what is broken
 * hides nothing else; it works while the server is down (`npm run doctor`) as well as inside of it.
 */
export async function examine(patient: Patient): Promise<DoctorReport> {
  const [app, publicAddress, database, mongo, rocketChat, disk] = await Promise.all([
    checkApp(patient),
    checkPublicAddress(patient),
    checkDatabase(patient),
    checkMongo(patient),
    checkRocketChat(patient),
    checkDisk(patient.config.dataDir),
  ]);
  const setUp = await checkSetUp(patient, [...database, ...rocketChat]);
  const isLater = ({ check }: DoctorLine): boolean => setUp.some((line) => line.check === check);
  const lines: (DoctorLine | null)[] = [
    // That they can be read at all was seen before: see `settingsAreWrong`.
    ok('settings', { mode: patient.config.mode }),
    app,
    publicAddress,
    ...database,
    // Nothing of this version talks to it: one process carries all sockets.
    off('redis'),
    mongo,
    ...rocketChat.filter((line) => !isLater(line)),
    ...setUp,
    disk,
  ];
  return reportOf(lines.filter((line) => line !== null));
}
