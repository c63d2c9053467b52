import type { FastifyRequest } from 'fastify';
import { OAuthError } from './oauth-errors.js';

/** Parameters that must never stand in an address, where logs and histories keep them (RFC 6749 2.3.1, RFC 9700 4.3.2). */
const NEVER_IN_QUERY = [
  'client_secret',
  'code',
  'refresh_token',
  'token',
  'code_verifier',
  'device_code',
  'access_token',
];

/** A form as the protocol's endpoints take it: every parameter once, unknown ones ignored (RFC 6749 3.2). */
export class FormBody {
  private constructor(private readonly values: ReadonlyMap<string, string>) {}

  /** @throws OAuthError `invalid_request` for another content type, a repeated parameter, or a secret in the address */
  static of(request: FastifyRequest): FormBody {
    const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
    if (type !== 'application/x-www-form-urlencoded') {
      throw new OAuthError('invalid_request', 'The body must be application/x-www-form-urlencoded.');
    }
    const query = request.query as Record<string, unknown>;
    if (NEVER_IN_QUERY.some((name) => name in query)) {
      throw new OAuthError('invalid_request', 'Parameters belong into the body, not into the address.');
    }
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
      if (typeof value !== 'string') throw new OAuthError('invalid_request', 'A parameter is given twice.');
      // Left out and empty are the same (RFC 6749 3.2).
      if (value !== '') values.set(name, value);
    }
    return new FormBody(values);
  }

  get(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  /** @throws OAuthError `invalid_request` when it is missing */
  need(name: string): string {
    const value = this.get(name);
    if (value === null) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
    return value;
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.values);
  }
}
