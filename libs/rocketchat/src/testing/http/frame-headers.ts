import type { Core } from '../core.js';

/**
 * What the server says about being framed, on every answer. It never says `frame-ancestors` itself; a policy that names
 * it comes from a proxy in front (fault `content-security-policy`).
 */
export function frameHeaders({ settings, faults }: Core): Record<string, string | string[]> {
  const ordered = faults.find('x-frame-options');
  const frame = ordered
    ? ordered.value
    : settings.bool('Iframe_Restrict_Access')
      ? settings.text('Iframe_X_Frame_Options')
      : '';
  const policies = [
    ...(settings.bool('Enable_CSP') ? [contentPolicy(settings.list('Extra_CSP_Domains'))] : []),
    ...faults.all('content-security-policy').map(({ value }) => value),
  ];
  return {
    'X-XSS-Protection': '1',
    'X-Content-Type-Options': 'nosniff',
    ...(frame ? { 'X-Frame-Options': frame } : {}),
    ...(policies.length > 0 ? { 'Content-Security-Policy': policies } : {}),
  };
}

function contentPolicy(extra: readonly string[]): string {
  const more = extra.map((domain) => ` ${domain}`).join('');
  return [
    `default-src 'self'${more}`,
    'connect-src *',
    `font-src 'self' data:${more}`,
    'frame-src *',
    'img-src * data: blob:',
    'media-src * data:',
    `script-src 'self' 'unsafe-eval'${more}`,
    `style-src 'self' 'unsafe-inline'${more}`,
  ].join('; ');
}
