/** Tells on standard error what a command is doing, one line for each step. */
export function progress(step: string, differences: readonly unknown[]): void {
  process.stderr.write(`${step}: ${differences.length} to change\n`);
}
