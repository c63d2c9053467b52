import { isRedirectUriOf, withParameters } from './redirect-uris.js';

const native = {
  kind: 'public',
  redirectUris: ['http://127.0.0.1/cb', 'http://[::1]:7/cb?a=b', 'app.example:/cb'],
} as const;

describe('redirect URIs', () => {
  it.each([
    'http://127.0.0.1/cb',
    'http://127.0.0.1:1/cb',
    'http://127.0.0.1:65535/cb',
    'http://[::1]/cb?a=b',
    'app.example:/cb',
  ])('of a native application: %s', (uri) => {
    expect(isRedirectUriOf(native, uri)).toBe(true);
    // Every address that passes can be read as one.
    expect(URL.canParse(uri)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:0/cb',
    'http://127.0.0.1:65536/cb',
    'http://127.0.0.1:/cb',
    'http://127.0.0.1:80',
    'http://127.0.0.1:80cb',
    'http://127.0.0.1:80@evil.example/cb',
    'http://127.0.0.1:80/cb/',
    'http://[::1]:80/cb',
    'HTTP://127.0.0.1:80/cb',
    'http://localhost:80/cb',
    'app.example:80/cb',
    '',
  ])('not of it: %s', (uri) => expect(isRedirectUriOf(native, uri)).toBe(false));

  it('of an application with a secret are the registered ones, ports included', () => {
    const confidential = { ...native, kind: 'confidential' } as const;
    expect(isRedirectUriOf(confidential, 'http://127.0.0.1/cb')).toBe(true);
    expect(isRedirectUriOf(confidential, 'http://127.0.0.1:80/cb')).toBe(false);
  });

  it('gain parameters without losing their own', () => {
    expect(withParameters('https://a.example/cb', { code: 'a b&c' }, { state: 'x%2F+=' })).toBe(
      'https://a.example/cb?code=a%20b%26c&state=x%2F+=',
    );
    expect(withParameters('https://a.example/cb?own=1', { code: 'x' })).toBe('https://a.example/cb?own=1&code=x');
    expect(withParameters('app.example:/cb', { code: 'x' })).toBe('app.example:/cb?code=x');
  });
});
