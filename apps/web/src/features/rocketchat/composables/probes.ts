/** A probe is over by then. */
const PROBE_MS = 5_000;

/**
 * Whether the browser gets any answer at all from Rocket.Chat; what it says may not be read from here, and need not.
 *
 * @param url of Rocket.Chat, without a slash at the end
 */
export async function canReach(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/api/info`, {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PROBE_MS),
    });
    return true;
  } catch {
    return false;
  }
}

/** Whether a WebSocket to Rocket.Chat can be opened: proxies that were not told about it refuse the upgrade. */
export function canOpenSocket(url: string): Promise<boolean> {
  return new Promise((answer) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${url.replace(/^http/, 'ws')}/websocket`);
    } catch {
      answer(false);
      return;
    }
    const end = (is: boolean): void => {
      clearTimeout(timer);
      socket.close();
      answer(is);
    };
    const timer = setTimeout(() => end(false), PROBE_MS);
    socket.addEventListener('open', () => end(true));
    socket.addEventListener('error', () => end(false));
  });
}

/** Whether this browser lets pages keep anything; where it does not, it will not let a frame either. */
export function canStore(): boolean {
  try {
    localStorage.setItem('besedka.probe', '1');
    localStorage.removeItem('besedka.probe');
    return true;
  } catch {
    return false;
  }
}
