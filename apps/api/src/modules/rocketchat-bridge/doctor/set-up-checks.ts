import type { DoctorCheck, DoctorLine, RocketChatCause, RocketChatFinding } from '@besedka/contracts';
import { DOCTOR_CAUSES } from '@besedka/contracts';
import { findingsOf } from '../checks/findings.js';
import type { Observations } from '../checks/observations.js';
import { notAsked, off, ok, wrong } from './lines.js';
import type { Patient } from './patient.js';
import { APPLY } from './rocketchat-checks.js';

/** What keeps people out of a server that answers, in the order of `DOCTOR_CHECKS`. */
const CHECKS = ['sign-in', 'frame', 'channels'] as const satisfies readonly DoctorCheck[];
/** Without these nobody can look. */
const NEEDED: readonly DoctorCheck[] = ['rocketchat', 'admin-account', 'postgres', 'migrations'];
/** Findings with a line here; the others have lines of their own. */
type Told = Extract<RocketChatCause, keyof typeof DOCTOR_CAUSES>;

/**
 * Whether people get in, by what the diagnostics of the chat find. A line of an earlier check is among them when only this look has found
 * something of it.
 * @param earlier what was asked before: a wrong password is tried once
 */
export async function checkSetUp({ config, observe }: Patient, earlier: readonly DoctorLine[]): Promise<DoctorLine[]> {
  if (config.rocketChat.url === null) return CHECKS.map(off);
  const isOk = (check: DoctorCheck): boolean => earlier.some((line) => line.check === check && line.state === 'ok');
  const seen = observe !== null && NEEDED.every(isOk) ? await observe() : null;
  const found = seen === null ? [] : findingsOf(seen, null);
  const told = (check: DoctorCheck): DoctorLine | undefined =>
    found
      .filter(isTold)
      .map(lineOf)
      .find((line) => line.check === check);
  const lines = CHECKS.map((check) => told(check) ?? (wasSeen(seen, check) ? ok(check) : notAsked(check)));
  const admin = told('admin-account');
  return admin === undefined ? lines : [admin, ...lines];
}

function wasSeen(seen: Observations | null, check: (typeof CHECKS)[number]): boolean {
  if (seen === null || seen.settings === null) return false;
  return check === 'channels' ? seen.missingChannels !== null : check === 'sign-in' || seen.page !== null;
}

const isTold = (finding: RocketChatFinding): finding is RocketChatFinding & { cause: Told } =>
  finding.cause in DOCTOR_CAUSES;

const lineOf = ({ cause, facts, remedy }: RocketChatFinding & { cause: Told }): DoctorLine =>
  wrong(cause, facts, remedy === 'apply' ? APPLY : null);
