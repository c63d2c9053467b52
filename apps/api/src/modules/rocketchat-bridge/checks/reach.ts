import { parseVersion, profileOf } from '@besedka/rocketchat';
import type { Reached } from './observations.js';

/** What a proxy says when the program behind it is away. */
const GATEWAY = new Set([502, 503, 504]);

/**
 * Asks an address, as a stranger, whether Rocket.Chat is there (`/api/info`, contract 11), and what time it is there.
 * @param signal ends the question: then nobody answered in time
 */
export async function reach(address: string, signal: AbortSignal): Promise<Reached> {
  const asked = Date.now();
  try {
    const response = await fetch(`${address}/api/info`, {
      redirect: 'manual',
      headers: { accept: 'application/json' },
      signal,
    });
    const { status, headers } = response;
    const body = readJson(await response.text());
    const version = versionIn(body);
    if (response.ok && version !== null) return { ...version, skewMs: skewOf(headers, asked) };
    if (body === undefined && GATEWAY.has(status)) return { kind: 'unreachable', reason: String(status) };
    return status >= 500 || status === 429 ? { kind: 'failing', status } : { kind: 'something-else', status };
  } catch (error) {
    return { kind: 'unreachable', reason: signal.aborted ? 'timeout' : reasonOf(error) };
  }
}

/** Headers of the page that is shown in the frame; null: nobody answered, or a redirect leads elsewhere. */
export async function frameHeaders(address: string, signal: AbortSignal): Promise<Headers | null> {
  try {
    const response = await fetch(`${address}/home?layout=embedded`, { redirect: 'manual', signal });
    await response.body?.cancel();
    return response.status < 300 ? response.headers : null;
  } catch {
    return null;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function versionIn(body: unknown): Pick<Extract<Reached, { kind: 'rocketchat' }>, 'kind' | 'profile'> | null {
  const text = typeof body === 'object' && body !== null && 'version' in body ? body.version : undefined;
  const version = typeof text === 'string' ? parseVersion(text) : undefined;
  return version === undefined ? null : { kind: 'rocketchat', profile: profileOf(version) };
}

/** Between asking and having the answer; the header cuts the second off. */
function skewOf(headers: Headers, asked: number): number | null {
  const date = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(date) ? null : date + 500 - (asked + Date.now()) / 2;
}

/** A code without addresses: `ECONNREFUSED`, `ENOTFOUND`. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no answer';
}
