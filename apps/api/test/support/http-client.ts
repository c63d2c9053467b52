/** An answer, read completely. */
export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; reading it throws when the body is not JSON. */
  readonly json: T;
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with the content type from `headers`. */
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /** False leaves `Origin` out; by default writes carry the portal's own, as a browser does. */
  readonly origin?: string | false;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/**
 * One browser's worth of HTTP: keeps cookies with their paths, sends `Origin` on writes. Two clients share nothing.
 * `T` of the answer is what the test expects; assertions, not types, find out whether it is.
 */
export class HttpClient {
  private readonly jar = new Map<string, Cookie>();

  constructor(readonly baseUrl: string) {}

  get<T = Record<string, unknown>>(path: string, options: RequestOptions = {}): Promise<HttpAnswer<T>> {
    return this.request<T>('GET', path, options);
  }

  post<T = Record<string, unknown>>(
    path: string,
    json?: unknown,
    options: RequestOptions = {},
  ): Promise<HttpAnswer<T>> {
    return this.request<T>('POST', path, { json, ...options });
  }

  put<T = Record<string, unknown>>(path: string, json?: unknown, options: RequestOptions = {}): Promise<HttpAnswer<T>> {
    return this.request<T>('PUT', path, { json, ...options });
  }

  patch<T = Record<string, unknown>>(
    path: string,
    json?: unknown,
    options: RequestOptions = {},
  ): Promise<HttpAnswer<T>> {
    return this.request<T>('PATCH', path, { json, ...options });
  }

  delete<T = Record<string, unknown>>(path: string, options: RequestOptions = {}): Promise<HttpAnswer<T>> {
    return this.request<T>('DELETE', path, options);
  }

  async request<T = Record<string, unknown>>(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<HttpAnswer<T>> {
    const headers = new Headers(options.headers);
    const cookies = this.cookieHeader(path);
    if (cookies !== '' && !headers.has('cookie')) headers.set('cookie', cookies);
    const origin = options.origin ?? this.baseUrl;
    if (method !== 'GET' && method !== 'HEAD' && origin !== false) headers.set('origin', origin);
    let body = options.body;
    if (options.json !== undefined) {
      body = JSON.stringify(options.json);
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    }
    const response = await fetch(new URL(path, this.baseUrl), { method, headers, body, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.remember(line);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      get json(): T {
        return JSON.parse(text) as T;
      },
    };
  }

  /** Value of a cookie that the server has set, whatever its path. */
  cookie(name: string): string | undefined {
    return this.jar.get(name)?.value;
  }

  setCookie(name: string, value: string, path = '/'): void {
    this.jar.set(name, { value, path });
  }

  clearCookies(): void {
    this.jar.clear();
  }

  /** The `Cookie` header that a browser would send to this path, also for sockets. */
  cookieHeader(path = '/'): string {
    return [...this.jar]
      .filter(([, cookie]) => cookie.path === '/' || path === cookie.path || path.startsWith(`${cookie.path}/`))
      .map(([name, cookie]) => `${name}=${cookie.value}`)
      .join('; ');
  }

  private remember(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const attribute = (wanted: string): string | undefined =>
      attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
    const maxAge = attribute('max-age');
    const expires = attribute('expires');
    const gone =
      maxAge !== undefined ? Number(maxAge) <= 0 : expires !== undefined && Date.parse(expires) <= Date.now();
    if (gone) this.jar.delete(name);
    else this.jar.set(name, { value, path: attribute('path') ?? '/' });
  }
}
