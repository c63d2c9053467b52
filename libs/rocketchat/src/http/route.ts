import type { z } from 'zod';

/**
 * What may be done when nobody knows whether a call has arrived:
 * - `repeat`: send it again (it reads, or it names a state, so that twice is as good as once);
 * - `once`: it makes something new; it is only sent again when it certainly did not arrive.
 */
export type Safety = 'repeat' | 'once';

/** One route of the server, with the shapes of what goes in and comes out. */
export interface Route<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT';
  /**
   * Below `/api/v1/`, or from the root when it begins with `/`. `:name` is taken from the request's members. Metrics, limits and errors
   * know a call by this template.
   */
  readonly path: string;
  /** Members go into the path, the rest into the query (GET) or the JSON body. */
  readonly request: Request;
  /** Additional members of an answer are tolerated: objects in it are loose. */
  readonly answer: Answer;
  /** `required` by default; `none`: nothing about us is sent; `if-any`: signed in when there are credentials. */
  readonly auth?: 'required' | 'none' | 'if-any';
  readonly safety: Safety;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any route, whatever its shapes
export type AnyRoute = Route<any, any>;

/** Declares a route; only infers its types. */
export function route<Request extends z.ZodType, Answer extends z.ZodType>(
  definition: Route<Request, Answer>,
): Route<Request, Answer> {
  return definition;
}

/** How a call is known to limits, metrics and errors: `POST settings/:_id`. */
export function routeName({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Address and body of one call. */
export interface RouteCall {
  readonly url: string;
  readonly body: string | undefined;
}

/**
 * @param base without a slash at its end
 * @param input as the request schema gave it
 * @throws TypeError when a member of the path is missing
 */
export function routeCall(base: string, { method, path }: Route, input: Readonly<Record<string, unknown>>): RouteCall {
  const rest: Record<string, unknown> = { ...input };
  const filled = path.replaceAll(/:(\w+)/g, (_match, name: string) => {
    const value = rest[name];
    if (typeof value !== 'string' || value === '') throw new TypeError(`${path} needs ${name}`);
    Reflect.deleteProperty(rest, name);
    return encodeURIComponent(value);
  });
  const url = base + (filled.startsWith('/') ? filled : `/api/v1/${filled}`);
  if (method !== 'GET') return { url, body: JSON.stringify(rest) };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    if (Array.isArray(value)) for (const part of value) query.append(`${name}[]`, String(part));
    else if (value !== undefined) query.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return { url: query.size > 0 ? `${url}?${query.toString()}` : url, body: undefined };
}
