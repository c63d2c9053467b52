import type { Router } from 'vue-router';
import { isServerPath, safeNextPath, withoutNotes } from '../../shared/navigation/nextPath';

const KEY = 'besedka.resumed';
/** So often may the server send somebody who is signed in back to the sign-in page before they are asked what to do. */
const TIMES = 2;
const WINDOW_MS = 60_000;

/** Goes where the person wanted to before signing in. A waiting OAuth request belongs to the server and resumes by itself (F18). */
export async function resume(router: Router, next: unknown): Promise<void> {
  const path = safeNextPath(next);
  if (isServerPath(path)) location.assign(path);
  else await router.replace(path);
}

/**
 * Whether to go on by itself to this server path though it has just led back here: with a cookie that the browser refuses, or a clock
 * that is wrong, the two would send the browser to and fro for ever. Counts in the tab, per request of an application.
 */
export function mayResume(address: string, now = Date.now(), storage: Storage = sessionStorage): boolean {
  const path = withoutNotes(address);
  const times = recent(storage, path, now);
  if (times.length >= TIMES) return false;
  try {
    storage.setItem(KEY, JSON.stringify({ path, times: [...times, now] }));
  } catch {
    // Without storage nothing can be counted, and going on by itself could be for ever.
    return false;
  }
  return true;
}

function recent(storage: Storage, path: string, now: number): number[] {
  try {
    const stored = JSON.parse(storage.getItem(KEY) ?? 'null') as { path: string; times: number[] } | null;
    return stored?.path === path ? stored.times.filter((time) => now - time < WINDOW_MS) : [];
  } catch {
    return [];
  }
}
