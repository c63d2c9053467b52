interface Registered {
  readonly kind: 'confidential' | 'public';
  readonly redirectUris: readonly string[];
}

/** An http address on the loopback interface by its number; `localhost` could resolve elsewhere (RFC 8252 8.3). */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?(?=[/?]|$)/;
const PORT_MAX = 65_535;

/** Only ports that there are: whoever reads the address later must be able to. */
const withoutPort = (uri: string): string | null => {
  const [origin = '', host = '', port = '0'] = LOOPBACK.exec(uri) ?? [];
  return origin === '' || Number(port) > PORT_MAX ? null : host + uri.slice(origin.length);
};

/**
 * Whether a redirect URI is one of the client's: compared character by character (RFC 9700 2.1), except that a native application
 * listens on whatever loopback port was free (RFC 8252 7.3).
 */
export function isRedirectUriOf(client: Registered, uri: string): boolean {
  if (client.redirectUris.includes(uri)) return true;
  if (client.kind !== 'public') return false;
  const portless = withoutPort(uri);
  return portless !== null && client.redirectUris.some((registered) => withoutPort(registered) === portless);
}

/** Adds parameters to a redirect URI that may have a query of its own. Values are percent-encoded except those given raw. */
export function withParameters(
  uri: string,
  parameters: Record<string, string>,
  raw: Record<string, string> = {},
): string {
  const pairs = [
    ...Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
    ...Object.entries(raw).map(([name, value]) => `${name}=${value}`),
  ];
  return `${uri}${uri.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}
