/**
 * Why the embedded PostgreSQL could not be had:
 *
 * - `DATA_BROKEN`: the data folder is not a database of this version, or the server refuses to start on it
 * - `DATA_IN_USE`: another running program works on this data folder
 * - `PORT_TAKEN`: something else listens on the wanted port
 * - `NO_ACCOUNT`: running as root, and there is no ordinary account to run the server under
 * - `UNSUPPORTED`: no PostgreSQL is published for this operating system and processor
 *
 * @typedef {'DATA_BROKEN' | 'DATA_IN_USE' | 'PORT_TAKEN' | 'NO_ACCOUNT' | 'UNSUPPORTED'} LocalPostgresErrorCode
 */

/** A failure whose message is one clear sentence for the person at the terminal. */
export class LocalPostgresError extends Error {
  /**
   * @param {LocalPostgresErrorCode} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'LocalPostgresError';
    this.code = code;
  }
}
