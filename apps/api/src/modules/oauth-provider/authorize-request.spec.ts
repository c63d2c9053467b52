import type { OAuthScope } from '@besedka/contracts';
import { AuthorizePageError, AuthorizeQuery, narrowScopes, readAuthorizeRequest } from './authorize-request.js';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const client = {
  pkceRequired: true,
  grantTypes: ['authorization_code'],
  scopes: ['openid', 'profile'] as OAuthScope[],
};
const fault = (query: string): string | null => {
  try {
    AuthorizeQuery.parse(query);
    return null;
  } catch (error) {
    if (error instanceof AuthorizePageError) return error.fault;
    throw error;
  }
};
const base = `response_type=code&code_challenge=${CHALLENGE}&code_challenge_method=S256`;
const read = (query: string, of = client) => readAuthorizeRequest(AuthorizeQuery.parse(query), of);
const error = (query: string, of = client): unknown => {
  try {
    read(query, of);
    return null;
  } catch (thrown) {
    return (thrown as { code?: unknown }).code;
  }
};

describe('the query of an authorize request', () => {
  it('is split once and keeps state as it stood there', () => {
    const query = AuthorizeQuery.parse('a=1+2&state=x%2f+=%3D&&c=&%73cope=openid');
    expect([query.get('a'), query.get('c'), query.get('d'), query.get('scope')]).toEqual(['1 2', null, null, 'openid']);
    expect([query.rawState, query.get('state')]).toEqual(['x%2f+=%3D', 'x/ ==']);
    expect(AuthorizeQuery.parse('state').rawState).toBe('');
    expect(AuthorizeQuery.parse('a=1').rawState).toBeNull();
    expect(AuthorizeQuery.parse('st%61te=%0a').rawState).toBe('%0a');
  });

  it('loses our own notes, which bind to what is left', () => {
    const query = AuthorizeQuery.parse('a=1&besedka_resume=x~y&besedka_continued=1&b=2&besedka_other=3');
    expect([query.raw, query.resume]).toEqual(['a=1&b=2', 'x~y']);
  });

  it('with a parameter twice, too long or unreadable is none', () => {
    for (const twice of ['a=1&a=1', 'a&a', 'state=1&st%61te=2', 'a=&a=1'])
      expect(fault(twice)).toBe('duplicate_parameter');
    for (const broken of ['a=%', 'a=%zz', 'a=%c3%28', '%ff=1', 'a=%ed%a0%80', `a=${'x'.repeat(8000)}`])
      expect([broken.slice(0, 20), fault(broken)]).toEqual([broken.slice(0, 20), 'malformed_request']);
    expect(fault(`a=${'x'.repeat(7990)}`)).toBeNull();
  });

  it('says in state nothing that splits a header or leaves an attribute', () => {
    const { rawState } = AuthorizeQuery.parse('state="<>\\^`{|}\u00e9 \t');
    expect(rawState).toMatch(/^[A-Za-z0-9\-._~!$'()*+,;:@/?%=]*$/);
  });
});

describe('what is asked', () => {
  it('is a code with a challenge', () => {
    expect(read(`${base}&scope=profile+openid&nonce=n&max_age=60&prompt=login+consent&login_hint=anna`)).toEqual({
      scopes: ['openid', 'profile'],
      codeChallenge: CHALLENGE,
      nonce: 'n',
      maxAge: 60,
      prompts: new Set(['login', 'consent']),
      loginHint: 'anna',
    });
  });

  it.each([
    ['', 'invalid_request'],
    ['response_type=token', 'unsupported_response_type'],
    ['response_type=code+id_token', 'unsupported_response_type'],
    ['response_type=code', 'invalid_request'],
    [`${base}&response_mode=fragment`, 'invalid_request'],
    [`${base}&request=x`, 'request_not_supported'],
    [`${base}&request_uri=x`, 'request_uri_not_supported'],
    [`${base}&scope=email`, 'invalid_scope'],
    [`${base}&scope=+`, 'invalid_scope'],
    [`${base}&prompt=none+login`, 'invalid_request'],
    [`${base}&prompt=hello`, 'invalid_request'],
    [`${base}&max_age=-1`, 'invalid_request'],
    [base.replace('S256', 'plain'), 'invalid_request'],
    [base.replace('&code_challenge_method=S256', ''), 'invalid_request'],
    [base.replace(CHALLENGE, 'short'), 'invalid_request'],
  ])('%s → %s', (query, code) => expect(error(query)).toBe(code));

  it('may come without a challenge where that is registered, never with half of one', () => {
    const open = { ...client, pkceRequired: false };
    expect(read('response_type=code', open).codeChallenge).toBeNull();
    expect(error('response_type=code&code_challenge_method=S256', open)).toBe('invalid_request');
    expect(error(`response_type=code&code_challenge=${CHALLENGE}`, open)).toBe('invalid_request');
  });

  it('needs the code grant', () =>
    expect(error(base, { ...client, grantTypes: ['refresh_token'] })).toBe('unauthorized_client'));
});

describe('scopes', () => {
  it('are narrowed to the registered ones, in a fixed order', () => {
    expect(narrowScopes(null, ['profile', 'openid'])).toEqual(['openid', 'profile']);
    expect(narrowScopes('roles profile unknown openid openid', ['profile', 'openid'])).toEqual(['openid', 'profile']);
    for (const asked of ['roles', '', 'OPENID', 'openid,profile'])
      expect(() => narrowScopes(asked, ['profile', 'openid'])).toThrow(
        expect.objectContaining({ code: 'invalid_scope' }) as Error,
      );
  });
});
