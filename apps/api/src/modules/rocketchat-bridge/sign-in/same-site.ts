import { isIP } from 'node:net';
import { getDomain } from 'tldts';

/**
 * Whether two addresses are of one site in the sense of cookies and storage: the same scheme and the same registrable domain, ports
 * aside (HTML standard, "same site"; contract 6). Addresses of machines, `localhost` and single names are sites of their own.
 */
export function isSameSite(one: string, other: string): boolean {
  const [left, right] = [new URL(one), new URL(other)];
  return left.protocol === right.protocol && siteOf(left.hostname) === siteOf(right.hostname);
}

/** Whether only the scheme keeps two addresses from being of one site. */
export function differOnlyInScheme(one: string, other: string): boolean {
  const [left, right] = [new URL(one), new URL(other)];
  return left.protocol !== right.protocol && siteOf(left.hostname) === siteOf(right.hostname);
}

function siteOf(host: string): string {
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return host;
  // With the private part of the list, as browsers do: people of one hosting service are strangers to each other.
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}
