import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { addressKey } from '../../common/rate-limit/address-key.js';
import { RateLimiter } from '../../common/rate-limit/rate-limiter.js';
import { AppConfig } from '../../config/app-config.js';
import { ClientsService, type OAuthClientRecord } from './clients.service.js';
import { type FormBody } from './form-body.js';
import { OAuthError } from './oauth-errors.js';

interface Credentials {
  readonly id: string;
  readonly secret: string | null;
}

const refused = (): OAuthError => new OAuthError('invalid_client', 'The client could not be authenticated.', 401);

/** Proves which application sent a request to one of the protocol's endpoints (RFC 6749 2.3). */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly clients: ClientsService,
    private readonly limiter: RateLimiter,
    private readonly config: AppConfig,
  ) {}

  /**
   * The client behind a request: by Basic or by the body, never both; a public client by its id alone.
   * @throws OAuthError `invalid_client`, `invalid_request`
   * @throws AppError `rate_limited` for an address from which too many wrong secrets came
   */
  async authenticate(request: FastifyRequest, body: FormBody): Promise<OAuthClientRecord> {
    const rule = {
      name: 'oauth-client-refused',
      limit: this.config.limits.generalPerMinute,
      windowSeconds: 60,
    };
    const address = addressKey(request.ctx.address);
    this.limiter.assertFree(rule, address);
    try {
      return await this.check(candidates(request, body));
    } catch (error) {
      if (error instanceof OAuthError && error.code === 'invalid_client') this.limiter.hit(rule, address);
      throw error;
    }
  }

  private async check(candidates: readonly Credentials[]): Promise<OAuthClientRecord> {
    for (const { id, secret } of candidates) {
      const client = await this.clients.findByClientId(id);
      if (client?.enabled !== true) continue;
      if (client.kind === 'public') {
        if (secret !== null) continue;
        this.clients.touched(client.id, null);
        return client;
      }
      const secretId = secret === null ? null : this.clients.verifySecret(client, secret);
      if (secretId === null) continue;
      this.clients.touched(client.id, secretId);
      return client;
    }
    throw refused();
  }
}

/** One reading of the credentials, or two: Basic is form-encoded by the book (RFC 6749 2.3.1) and raw by Rocket.Chat. */
function candidates(request: FastifyRequest, body: FormBody): Credentials[] {
  const header = request.headers.authorization;
  const [id, secret] = [body.get('client_id'), body.get('client_secret')];
  if (header === undefined) {
    if (id === null) throw refused();
    return [{ id, secret }];
  }
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) throw refused();
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw refused();
  const raw = { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  const decoded = { id: formDecoded(raw.id), secret: formDecoded(raw.secret) };
  if (secret !== null || (id !== null && id !== raw.id && id !== decoded.id)) {
    throw new OAuthError('invalid_request', 'The client must authenticate in one way only.');
  }
  return [decoded, raw].filter((one): one is { id: string; secret: string } => one.id !== null && one.secret !== null);
}

function formDecoded(word: string): string | null {
  try {
    return decodeURIComponent(word.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
