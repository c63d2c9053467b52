/** The server shows a person as away after AWAY_AFTER_S without news; this is well within. */
const REPEAT_MS = 60_000;

/**
 * Tells `report(true)` when the person does something on the page, at most once a minute, and `report(false)` when the page is
 * hidden. What for: presence that is true after sleep and on background tabs.
 */
export function keepActivity(report: (active: boolean) => void): void {
  let last = 0;
  const active = (): void => {
    const now = Date.now();
    if (document.visibilityState !== 'visible' || now - last < REPEAT_MS) return;
    last = now;
    report(true);
  };
  for (const event of ['pointerdown', 'pointermove', 'keydown', 'focus'] as const) {
    addEventListener(event, active, { passive: true, capture: true });
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') active();
    else {
      last = 0;
      report(false);
    }
  });
}
