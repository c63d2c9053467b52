/** Why a browser would not show a page in our frame. */
export interface FrameRefusal {
  readonly cause: 'frame_forbidden_by_header' | 'frame_forbidden_by_policy';
  /** The header's own words. */
  readonly value: string;
}

/**
 * Whether the headers of a page let another origin frame it, as browsers decide: `frame-ancestors` of every policy must allow it, and
 * where one is given, `X-Frame-Options` is not looked at (CSP Level 3, 6.4.2; HTML, X-Frame-Options).
 *
 * @param frame origin of the page that frames; `page`: origin of the page that is framed
 * @returns null when it may be framed
 */
export function frameRefusal(headers: Headers, frame: string, page: string): FrameRefusal | null {
  const policies = (headers.get('content-security-policy') ?? '')
    .split(',')
    .flatMap((policy) => policy.split(';'))
    .map((directive) => directive.trim().split(/\s+/))
    .filter(([name]) => name?.toLowerCase() === 'frame-ancestors')
    .map(([, ...sources]) => sources);
  if (policies.length > 0) {
    const closed = policies.find((sources) => !sources.some((source) => allows(source, frame, page)));
    return closed === undefined
      ? null
      : { cause: 'frame_forbidden_by_policy', value: `frame-ancestors ${closed.join(' ')}`.trim() };
  }
  const options = headers.get('x-frame-options') ?? '';
  const words = new Set(options.split(',').map((word) => word.trim().toLowerCase()));
  // Anything else, `ALLOW-FROM` included, is ignored by browsers of today.
  const isClosed = words.has('deny') || (words.has('sameorigin') && frame !== page);
  return isClosed ? { cause: 'frame_forbidden_by_header', value: `X-Frame-Options: ${options}` } : null;
}

function allows(source: string, frame: string, page: string): boolean {
  const wanted = source.toLowerCase();
  const { protocol, hostname, port } = new URL(frame);
  if (wanted === "'self'") return frame === page;
  if (wanted === '*') return true;
  if (/^[a-z][a-z0-9+.-]*:$/.test(wanted)) return isScheme(wanted, protocol);
  const [, scheme, host, wantedPort] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/:]+|\[[^\]]+\])(?::(\d+|\*))?/.exec(wanted) ?? [];
  if (host === undefined) return false;
  // Without a scheme that of the framed page counts; http may be upgraded.
  if (!isScheme(scheme === undefined ? new URL(page).protocol : `${scheme}:`, protocol)) return false;
  const isHost = host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : host === hostname;
  return isHost && (wantedPort === '*' || (wantedPort ?? '') === port || isDefault(wantedPort, protocol, port));
}

const isScheme = (wanted: string, actual: string): boolean =>
  wanted === actual || (wanted === 'http:' && actual === 'https:');

const isDefault = (wanted: string | undefined, protocol: string, port: string): boolean =>
  port === '' && ((wanted === '443' && protocol === 'https:') || (wanted === '80' && protocol === 'http:'));
