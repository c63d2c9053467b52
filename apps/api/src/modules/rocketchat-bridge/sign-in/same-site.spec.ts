import { differOnlyInScheme, isSameSite } from './same-site.js';

it.each([
  ['https://portal.example.org', 'https://chat.example.org', true],
  ['https://example.org', 'https://chat.example.org:8443/path', true],
  ['https://portal.example.org', 'https://chat.example.com', false],
  ['https://portal.example.org', 'http://chat.example.org', false],
  ['https://portal.example.co.uk', 'https://chat.example.co.uk', true],
  ['https://one.co.uk', 'https://two.co.uk', false],
  ['https://one.github.io', 'https://two.github.io', false],
  ['https://портал.рф', 'https://chat.портал.рф', true],
  ['http://localhost:8001', 'http://localhost:3000', true],
  ['http://127.0.0.1:8001', 'http://127.0.0.1:3000', true],
  ['http://127.0.0.1:8001', 'http://localhost:3000', false],
  ['http://192.168.1.5', 'http://192.168.1.6', false],
  ['http://[::1]:8001', 'http://[::1]:3000', true],
  ['http://portal.lan', 'http://chat.portal.lan', true],
  ['http://intranet', 'http://intranet:3000', true],
  ['http://intranet', 'http://chat', false],
])('%s and %s are one site: %s', (one, other, expected) => {
  expect(isSameSite(one, other)).toBe(expected);
  expect(isSameSite(other, one)).toBe(expected);
});

it('tells a missing https from another domain', () => {
  expect(differOnlyInScheme('https://portal.example.org', 'http://chat.example.org')).toBe(true);
  expect(differOnlyInScheme('https://portal.example.org', 'http://chat.example.com')).toBe(false);
  expect(differOnlyInScheme('https://portal.example.org', 'https://chat.example.org')).toBe(false);
});
