import { z } from 'zod';
import { RocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import type { ExchangeAnswer } from '../http/exchange.js';
import { isRecord, parseJson } from '../http/json.js';
import { route } from '../http/route.js';
import { parseVersion, profileOf, type ServerProfile } from '../profile.js';
import { nothingSchema } from '../schemas/common.js';

const answer = z.looseObject({
  /** Major and minor for everybody. */
  version: z.string().optional(),
  /** With the permission `view-statistics`. */
  info: z.looseObject({ version: z.string() }).optional(),
  cloudWorkspaceId: z.string().nullish(),
});

/** What a server says of its health. */
export interface ServerHealth {
  /** It answers. */
  readonly live: boolean;
  /** It can work: database, memory, event loop. */
  readonly ready: boolean;
  /** The checks that `/readyz` tells, as `mongo: degraded`; empty before 7.11. */
  readonly checks: Readonly<Record<string, string>>;
  /** Which address told it. */
  readonly source: '/readyz' | '/health';
}

const anonymous = route({
  method: 'GET',
  path: '/api/info',
  auth: 'none',
  safety: 'repeat',
  request: nothingSchema,
  answer,
});
const signedIn = route({ ...anonymous, auth: 'if-any' });

/** Version and health. Needs no account. */
export class InfoApi {
  constructor(private readonly caller: Caller) {}

  /**
   * What kind of server this is.
   *
   * @param exact also asks who we are, because the patch level is told to admins only
   * @throws {RocketChatError} `unexpected-answer` when it is no Rocket.Chat
   */
  async profile({ exact = false, ...options }: CallOptions & { exact?: boolean } = {}): Promise<ServerProfile> {
    const asked = exact ? signedIn : anonymous;
    const { version, info } = await this.caller.call(asked, {}, options);
    const parsed = parseVersion(info?.version ?? version ?? '');
    if (!parsed) {
      throw new RocketChatError({
        kind: 'unexpected-answer',
        route: 'GET /api/info',
        status: 200,
        reason: 'no version',
      });
    }
    return profileOf(parsed);
  }

  /**
   * Whether the server lives and works. Neither says that settings are loaded: `settings.oauthServices` tells that.
   *
   * @throws {RocketChatError} `unreachable`, `timeout`; `unexpected-answer` when no known address of health is there
   */
  async health(options?: CallOptions): Promise<ServerHealth> {
    const ready = readReadiness(await this.caller.probe('/readyz', options));
    if (ready) return ready;
    // Before 7.11 unknown addresses answer with the web page.
    const old = await this.caller.probe('/health', options);
    const fine = old.text.trim() === 'ok' || statusIn(parseJson(old.text)) === 'ok';
    if (fine || old.status === 500) return { live: true, ready: fine, checks: {}, source: '/health' };
    throw new RocketChatError({
      kind: old.status >= 502 ? 'unavailable' : 'unexpected-answer',
      route: 'GET /health',
      status: old.status,
      reason: 'no address of health answers as Rocket.Chat does',
    });
  }
}

function readReadiness({ status, text }: ExchangeAnswer): ServerHealth | undefined {
  const body = parseJson(text);
  if ((status !== 200 && status !== 503) || statusIn(body) === undefined) return undefined;
  const told = isRecord(body) && isRecord(body.checks) ? Object.entries(body.checks) : [];
  const checks = Object.fromEntries(told.map(([name, check]) => [name, statusIn(check) ?? 'unknown']));
  return { live: true, ready: status === 200, checks, source: '/readyz' };
}

function statusIn(value: unknown): string | undefined {
  return isRecord(value) && typeof value.status === 'string' ? value.status : undefined;
}
