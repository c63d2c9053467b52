import { isIP } from 'node:net';
import { z } from 'zod';
import { optionalText, optionalUrl, text, wholeNumber } from './env-fields.js';

/** Proxies whose `X-Forwarded-*` headers are believed: none, a number of hops, or networks. */
export type TrustedProxies = false | number | string[];

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

function isNetwork(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  if (rest.length > 0 || isIP(address) === 0) return NAMED_NETWORKS.includes(entry);
  return prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits);
}

function parseTrustedProxies(value: string): TrustedProxies {
  if (value === '' || value === '0') return false;
  if (/^\d+$/.test(value)) return Number(value);
  return value.split(',').map((entry) => entry.trim());
}

export const httpSchema = z.object({
  /** Address to listen on. Default 127.0.0.1: this machine only; 0.0.0.0 opens it to the network. */
  HOST: text('127.0.0.1'),
  /** TCP port. Default 8001; 0 lets the system choose a free one. */
  PORT: wholeNumber(8001, 0, 65535),
  /** Address at which people reach the portal, without a path. Required in production; local default is http://127.0.0.1:PORT. */
  PUBLIC_URL: optionalUrl(['http:', 'https:']),
  /**
   * Whose `X-Forwarded-For` is believed: a comma-separated list of addresses, networks (10.0.0.0/8) or the words
   * loopback, linklocal, uniquelocal; or a number of hops counted from the right. Default and 0: nobody's.
   */
  TRUSTED_PROXIES: text('')
    .refine(
      (value) => {
        const parsed = parseTrustedProxies(value);
        return !Array.isArray(parsed) || parsed.every(isNetwork);
      },
      { error: 'must be a number of hops or a comma-separated list of addresses and networks' },
    )
    .transform(parseTrustedProxies),
  /** Largest request body in bytes, uploads aside. Default 1048576 (1 MiB); at least 16384. */
  BODY_LIMIT_BYTES: wholeNumber(1_048_576, 16_384, 104_857_600),
  /** Folder of the built web app. Default: apps/web/dist beside the API; an API without a web app runs too. */
  WEB_ROOT: optionalText(),
  /** Bearer token for GET /metrics. Unset: only callers on the loopback interface may read it. */
  METRICS_TOKEN: optionalText(),
});

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Origin people use (scheme, host, port), e.g. https://portal.example.org. */
  readonly publicUrl: string;
  /** Whether PUBLIC_URL was given; without it the request's own host counts as ours (local mode). */
  readonly publicUrlGiven: boolean;
  readonly trustedProxies: TrustedProxies;
  readonly bodyLimitBytes: number;
  readonly webRoot: string | null;
  readonly metricsToken: string | null;
}
