import { frameRefusal } from './frame-permission.js';

const PORTAL = 'https://portal.example.org';
const CHAT = 'https://chat.example.org';
const refusal = (headers: Record<string, string>, frame = PORTAL) => frameRefusal(new Headers(headers), frame, CHAT);

describe('whether the headers of Rocket.Chat let the portal frame it', () => {
  it.each([
    [{}],
    [{ 'x-frame-options': 'ALLOW-FROM https://elsewhere.example' }],
    [{ 'content-security-policy': "default-src 'self'; script-src 'self'" }],
    [{ 'content-security-policy': `frame-ancestors 'self' ${PORTAL}` }],
    // The policy outweighs the header.
    [{ 'content-security-policy': `frame-ancestors ${PORTAL}`, 'x-frame-options': 'DENY' }],
    [{ 'content-security-policy': 'frame-ancestors https://*.example.org' }],
    [{ 'content-security-policy': 'frame-ancestors portal.example.org:443' }],
    [{ 'content-security-policy': 'frame-ancestors https:' }],
    [{ 'content-security-policy': `default-src 'self', frame-ancestors ${PORTAL}` }],
  ])('lets us: %j', (headers: Record<string, string>) => expect(refusal(headers)).toBeNull());

  it.each([
    [{ 'x-frame-options': 'sameorigin' }, 'frame_forbidden_by_header', 'X-Frame-Options: sameorigin'],
    [{ 'x-frame-options': 'SAMEORIGIN, DENY' }, 'frame_forbidden_by_header', 'X-Frame-Options: SAMEORIGIN, DENY'],
    [{ 'content-security-policy': "frame-ancestors 'none'" }, 'frame_forbidden_by_policy', "frame-ancestors 'none'"],
    [{ 'content-security-policy': "frame-ancestors 'self'" }, 'frame_forbidden_by_policy', "frame-ancestors 'self'"],
    [{ 'content-security-policy': 'frame-ancestors' }, 'frame_forbidden_by_policy', 'frame-ancestors'],
    [
      { 'content-security-policy': 'frame-ancestors https://portal.example.org:8443' },
      'frame_forbidden_by_policy',
      'frame-ancestors https://portal.example.org:8443',
    ],
    // Both policies must allow it.
    [
      { 'content-security-policy': `frame-ancestors ${PORTAL}, frame-ancestors https://other.example` },
      'frame_forbidden_by_policy',
      'frame-ancestors https://other.example',
    ],
    [
      { 'content-security-policy': 'frame-ancestors https://evil-portal.example.org' },
      'frame_forbidden_by_policy',
      'frame-ancestors https://evil-portal.example.org',
    ],
  ])('forbids it: %j', (headers: Record<string, string>, cause, value) =>
    expect(refusal(headers)).toEqual({ cause, value }),
  );

  it('a page frames itself under sameorigin', () => {
    expect(refusal({ 'x-frame-options': 'sameorigin' }, CHAT)).toBeNull();
    expect(refusal({ 'content-security-policy': "frame-ancestors 'self'" }, CHAT)).toBeNull();
  });
});
