import { describe, expect, it } from '@jest/globals';
import { isServerPath, safeNextPath, waitingRequest, withoutNotes } from './nextPath';

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
      another: false,
      loginHint: 'anna@example.com',
    });
    for (const asks of ['prompt=consent+login', 'prompt=select_account', 'max_age=60', 'id_token_hint=a.b.c'])
      expect(waitingRequest(`/o/authorize/?${asks}&besedka_resume=sealed`)).toEqual({
        again: true,
        another: asks === 'prompt=select_account',
        loginHint: '',
      });
    expect(waitingRequest('/oauth/consent?client_id=a')).not.toBeNull();
    expect(waitingRequest('/o/authorize')).not.toBeNull();
    expect(waitingRequest('/o/authorizer?client_id=a')).toBeNull();
    expect(waitingRequest('/chat/1?to=/o/authorize')).toBeNull();
  });

  it('takes the notes of our own server out of a request and leaves every other byte', () => {
    expect(withoutNotes('state=a%2Fb+=&besedka_resume=1~2&scope=a%20b&besedka_continued=1')).toBe(
      'state=a%2Fb+=&scope=a%20b',
    );
  });

  it('knows which addresses the server answers itself', () => {
    expect(isServerPath('/o/authorize/?a=b')).toBe(true);
    expect(isServerPath('/api/v1/auth/rocket/')).toBe(true);
    expect(isServerPath('/chat/api/auth/')).toBe(true);
    expect(isServerPath('/chat/0198')).toBe(false);
    expect(isServerPath('/other')).toBe(false);
  });
});
