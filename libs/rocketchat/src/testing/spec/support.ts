import {
  startRocketChatDouble,
  type Credentials,
  type DoubleOptions,
  type RocketChatDouble,
  sha256Hex,
} from '../index.js';

export const ADMIN = { username: 'besedka.bridge', password: 'a long password' };

/** What a request was answered. */
export interface Answer {
  status: number;
  // Answers of a foreign server: each test says what it expects of them.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what the tests look at
  body: any;
  headers: Headers;
}

/** Requests in the name of somebody, or of nobody. */
export class Rest {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  as({ userId, authToken }: Credentials, more: Record<string, string> = {}): Rest {
    return new Rest(this.url, { 'X-User-Id': userId, 'X-Auth-Token': authToken, ...more });
  }

  with(more: Record<string, string>): Rest {
    return new Rest(this.url, { ...this.headers, ...more });
  }

  get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const search = new URLSearchParams(query).toString();
    return this.send(`/api/v1/${path}${search ? `?${search}` : ''}`, { method: 'GET' });
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    const headers = { 'Content-Type': 'application/json' };
    return this.send(`/api/v1/${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...this.headers, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(this.url + path, { redirect: 'manual', ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The second factor by which a bridge answers: the digest of the password. */
export const SECOND_FACTOR = { 'x-2fa-method': 'password', 'x-2fa-code': sha256Hex(ADMIN.password) };

export interface Scene {
  double: RocketChatDouble;
  /** Nobody. */
  anybody: Rest;
  /** The bridge: signed in, with the second factor on every call. */
  bridge: Rest;
  /** A user made for the test, signed in. */
  user(username: string): Rest;
}

/** A double with a signed-in admin. */
export async function scene(options: DoubleOptions = {}): Promise<Scene> {
  const double = await startRocketChatDouble({ admin: ADMIN, ...options });
  const anybody = new Rest(double.url);
  const bridge = anybody.as(double.make.session(ADMIN.username), SECOND_FACTOR);
  const user = (username: string) => {
    const known = [...double.state.users.values()].some((one) => one.username === username);
    if (!known) double.make.user(username);
    return anybody.as(double.make.session(username));
  };
  return { double, anybody, bridge, user };
}

/** A refusal with an error type, as most endpoints say it. */
export function refused(errorType: string): unknown {
  return { success: false, errorType, error: expect.stringContaining(`[${errorType}]`) };
}
