/**
 * A sentence about why the process cannot start. `main.ts` prints it alone, without a stack, and exits with 1.
 * It names settings and never their values.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
