import type { Problem } from '@besedka/contracts/errors';
import { ApiError } from './errors';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Record<string, string | number | boolean | null | undefined>;

export interface RequestOptions {
  query?: Query;
  /** Sent as JSON; a FormData or Blob is sent as it is. */
  body?: unknown;
  /** Sent as `If-Match`: the version that was edited. */
  version?: number;
  signal?: AbortSignal;
  /** Milliseconds until the request is given up with code `timeout`; 30 s unless told. */
  timeout?: number;
  /** `false` for requests that have no session yet (sign-in): a 401 is then simply the answer. */
  session?: boolean;
}

export interface HttpClientOptions {
  /** Address of the server; empty for the page's own. */
  base?: string;
  fetch?: typeof fetch;
  /** Runs the task while no other tab runs one of the same name; see `crossTabLock`. */
  lock?: <T>(name: string, task: () => Promise<T>) => Promise<T>;
  /** Number of the last successful refresh, shared between tabs, so that a tab that waited does not refresh again. */
  refreshCount?: { get: () => number; add: () => void };
  /** The session cannot be renewed: the person has to sign in again. */
  onSessionEnded?: (error: ApiError) => void;
  /** Language of server-made texts. */
  language?: () => string;
}

export interface HttpClient {
  request: <T>(method: Method, path: string, options?: RequestOptions) => Promise<T>;
  get: <T>(path: string, options?: RequestOptions) => Promise<T>;
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => Promise<T>;
  put: <T>(path: string, body?: unknown, options?: RequestOptions) => Promise<T>;
  patch: <T>(path: string, body?: unknown, options?: RequestOptions) => Promise<T>;
  delete: <T = void>(path: string, options?: RequestOptions) => Promise<T>;
  /** Renews the session; however many ask at once, in however many tabs, one request is sent. Rejects when it has ended. */
  refreshSession: () => Promise<void>;
}

const API = '/api/v1';

/**
 * The one way to the API. Every failure becomes an `ApiError`; a 401 renews the session once and repeats the request,
 * and only when that is refused is the session declared ended.
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const base = options.base ?? '';
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  const lock = options.lock ?? ((_name, task) => task());
  const count = options.refreshCount ?? localCount();
  let refreshing: Promise<void> | undefined;

  async function once<T>(method: Method, path: string, request: RequestOptions): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' };
    const language = options.language?.();
    if (language) headers['Accept-Language'] = language;
    if (request.version !== undefined) headers['If-Match'] = `"${request.version}"`;
    let body: BodyInit | undefined;
    if (request.body instanceof FormData || request.body instanceof Blob) body = request.body;
    else if (request.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      body = JSON.stringify(request.body);
    }
    const timeout = AbortSignal.timeout(request.timeout ?? 30_000);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await send(base + address(path, request.query), {
        method,
        headers,
        body,
        signal,
        credentials: 'same-origin',
      });
      text = await response.text();
    } catch (error) {
      // The caller gave up: its own AbortError is more useful than a network failure.
      if (request.signal?.aborted) throw error;
      throw new ApiError(timeout.aborted ? 'timeout' : 'network');
    }
    if (!response.ok) throw problemOf(response, text);
    if (text === '') return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ApiError('unexpected', response.status);
    }
  }

  function refreshSession(): Promise<void> {
    refreshing ??= renew().finally(() => (refreshing = undefined));
    return refreshing;
  }

  async function renew(): Promise<void> {
    const before = count.get();
    try {
      await lock('besedka.refresh', async () => {
        // Another tab renewed it while this one waited for its turn; the cookies are shared.
        if (count.get() !== before) return;
        await once('POST', `${API}/auth/refresh`, { body: {} });
        count.add();
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) options.onSessionEnded?.(error);
      throw error;
    }
  }

  async function request<T>(method: Method, path: string, given: RequestOptions = {}): Promise<T> {
    const full = path.startsWith('/') ? path : `${API}/${path}`;
    const startedAt = count.get();
    try {
      return await once<T>(method, full, given);
    } catch (error) {
      const renewable = given.session !== false && error instanceof ApiError && error.status === 401;
      if (!renewable) throw error;
      // Renewed by a neighbour while this request was under way: repeating is enough.
      if (count.get() === startedAt) await refreshSession();
    }
    try {
      return await once<T>(method, full, given);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) options.onSessionEnded?.(error);
      throw error;
    }
  }

  return {
    request,
    get: (path, o) => request('GET', path, o),
    post: (path, body, o) => request('POST', path, { ...o, body }),
    put: (path, body, o) => request('PUT', path, { ...o, body }),
    patch: (path, body, o) => request('PATCH', path, { ...o, body }),
    delete: (path, o) => request('DELETE', path, o),
    refreshSession,
  };
}

function address(path: string, query: Query | undefined): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

function problemOf(response: Response, text: string): ApiError {
  let problem: Partial<Problem> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === 'object') problem = parsed as Partial<Problem>;
  } catch {
    // A proxy in between answers with its own page; only the status tells something then.
  }
  const header = Number(response.headers.get('retry-after'));
  const retryAfter = problem.retryAfter ?? (header > 0 ? header : undefined);
  const down = response.status === 502 || response.status === 503 || response.status === 504;
  return new ApiError(problem.code ?? (down ? 'network' : 'unexpected'), response.status, { ...problem, retryAfter });
}

function localCount(): { get: () => number; add: () => void } {
  let value = 0;
  return { get: () => value, add: () => (value += 1) };
}
