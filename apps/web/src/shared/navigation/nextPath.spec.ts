import { describe, expect, it } from '@jest/globals';
import { isServerPath, safeNextPath, waitingRequest } from './nextPath';

describe('the address to resume after signing in (F18)', () => {
  it.each([
    '/chat/0198f3a0',
    '/admin/users?q=anna&status=active#top',
    '/o/authorize/?client_id=rocket&redirect_uri=https%3A%2F%2Fchat.example%2F_oauth%2Fbesedka&state=a%2Fb',
  ])('keeps %s', (path) => expect(safeNextPath(path)).toBe(path));

  it.each(['/o/authorize/?state=', '/oauth/consent?state=', '/api/v1/auth/continue?to='])(
    'keeps a long request of an application after %s',
    (path) => {
      const long = path + 'a%2F'.repeat(1900);
      expect(safeNextPath(long)).toBe(long);
      expect(safeNextPath(path + 'a'.repeat(8200))).toBe('/chat');
    },
  );

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

  it('knows a waiting request of an application, whom it expects and whether it asks once more', () => {
    expect(waitingRequest('/o/authorize?client_id=a&login_hint=anna%40example.com')).toEqual({
      again: false,
      loginHint: 'anna@example.com',
    });
    expect(waitingRequest('/o/authorize/?prompt=login&besedka_resume=sealed')).toEqual({ again: true, loginHint: '' });
    expect(waitingRequest('/oauth/consent?client_id=a')).not.toBeNull();
    expect(waitingRequest('/o/authorize')).not.toBeNull();
    expect(waitingRequest('/o/authorizer?client_id=a')).toBeNull();
    expect(waitingRequest('/chat/1?to=/o/authorize')).toBeNull();
  });

  it('knows which addresses the server answers itself', () => {
    expect(isServerPath('/o/authorize/?a=b')).toBe(true);
    expect(isServerPath('/api/v1/auth/rocket/')).toBe(true);
    expect(isServerPath('/chat/api/auth/')).toBe(true);
    expect(isServerPath('/chat/0198')).toBe(false);
    expect(isServerPath('/other')).toBe(false);
  });
});
