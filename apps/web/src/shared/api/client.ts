import { i18n } from '../i18n';
import type { ApiError } from './errors';
import { createHttpClient } from './http';

const COUNT_KEY = 'besedka.refreshes';
const endedListeners = new Set<(error: ApiError) => void>();

/** Two tabs that refresh together would look like a stolen token being replayed; the lock makes them take turns. */
function crossTabLock<T>(name: string, task: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? (navigator.locks.request(name, task) as Promise<T>) : task();
}

let memoryCount = 0;
const refreshCount = {
  get(): number {
    try {
      return Number(localStorage.getItem(COUNT_KEY) ?? 0);
    } catch {
      return memoryCount;
    }
  },
  add(): void {
    memoryCount += 1;
    try {
      localStorage.setItem(COUNT_KEY, String(refreshCount.get() + 1));
    } catch {
      // Storage is forbidden: this tab counts for itself.
    }
  },
};

/** The app's HTTP client: same origin, cookies, one place for 401. Paths are relative to `/api/v1/`. */
export const http = createHttpClient({
  lock: crossTabLock,
  refreshCount,
  onSessionEnded: (error) => endedListeners.forEach((listener) => listener(error)),
  language: () => i18n.global.locale.value,
});

/** Told when the session cannot be renewed. Returns the function that stops listening. */
export function onSessionEnded(listener: (error: ApiError) => void): () => void {
  endedListeners.add(listener);
  return () => endedListeners.delete(listener);
}
