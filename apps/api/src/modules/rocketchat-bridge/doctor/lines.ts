import {
  DOCTOR_CAUSES,
  type DoctorCause,
  type DoctorCheck,
  type DoctorLine,
  type DoctorReport,
} from '@besedka/contracts';

export type Facts = Readonly<Record<string, string>>;

/** All is well there. */
export function ok(check: DoctorCheck, facts: Facts = {}): DoctorLine {
  return { check, state: 'ok', cause: null, facts, command: null };
}

/** Not part of this installation. */
export function off(check: DoctorCheck): DoctorLine {
  return { check, state: 'off', cause: null, facts: {}, command: null };
}

/** @param command what mends it: something to type, or `NAME=value` for an environment */
export function wrong(
  cause: Exclude<DoctorCause, 'not_asked'>,
  facts: Facts = {},
  command: string | null = null,
): DoctorLine {
  return { check: DOCTOR_CAUSES[cause], state: 'wrong', cause, facts, command };
}

/** It works, but somebody should know. */
export function warning(
  cause: Exclude<DoctorCause, 'not_asked'>,
  facts: Facts = {},
  command: string | null = null,
): DoctorLine {
  return { check: DOCTOR_CAUSES[cause], state: 'warning', cause, facts, command };
}

/** An earlier line has to be mended before this one can be looked at. */
export function notAsked(check: DoctorCheck): DoctorLine {
  return { check, state: 'warning', cause: 'not_asked', facts: {}, command: null };
}

export function reportOf(lines: readonly DoctorLine[]): DoctorReport {
  const has = (state: DoctorLine['state']): boolean => lines.some((line) => line.state === state);
  return {
    state: has('wrong') ? 'wrong' : has('warning') ? 'warning' : 'ok',
    checkedAt: new Date().toISOString(),
    lines: [...lines],
  };
}
