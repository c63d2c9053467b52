import { describe, expect, it } from '@jest/globals';
import { isServerPath, safeNextPath } from './nextPath';

describe('the address to resume after signing in (F18)', () => {
  it.each([
    '/chat/0198f3a0',
    '/admin/users?q=anna&status=active#top',
    '/o/authorize/?client_id=rocket&redirect_uri=https%3A%2F%2Fchat.example%2F_oauth%2Fbesedka&state=a%2Fb',
  ])('keeps %s', (path) => expect(safeNextPath(path)).toBe(path));

  it.each([
    'https://evil.example/',
    '//evil.example/chat',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/chat/..//evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    'chat',
    '',
    ' /chat',
    '/login?next=/chat',
    '/accounts/login/',
    '/reset?token=x',
    `/${'a'.repeat(3000)}`,
  ])('refuses %j', (path) => expect(safeNextPath(path)).toBe('/chat'));

  it.each([undefined, null, 7, ['/chat/1', '/chat/2']])('refuses what is no text: %j', (value) => {
    expect(safeNextPath(value)).toBe('/chat');
  });

  it('knows which addresses the server answers itself', () => {
    expect(isServerPath('/o/authorize/?a=b')).toBe(true);
    expect(isServerPath('/api/v1/auth/rocket/')).toBe(true);
    expect(isServerPath('/chat/api/auth/')).toBe(true);
    expect(isServerPath('/chat/0198')).toBe(false);
    expect(isServerPath('/other')).toBe(false);
  });
});
