import type { FastifyRequest } from 'fastify';
import { FormBody } from './form-body.js';

const request = (body: unknown, more: { type?: string; query?: Record<string, unknown> } = {}): FastifyRequest =>
  ({
    headers: { 'content-type': more.type ?? 'application/x-www-form-urlencoded' },
    query: more.query ?? {},
    body,
  }) as FastifyRequest;
const invalid = (body: unknown, more = {}) =>
  expect(() => FormBody.of(request(body, more))).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);

describe('the form of a protocol endpoint', () => {
  it('has each parameter once; an empty one is left out', () => {
    const form = FormBody.of(request({ a: '1', b: '' }));
    expect([form.get('a'), form.get('b'), form.get('c')]).toEqual(['1', null, null]);
    expect(form.need('a')).toBe('1');
    expect(() => form.need('b')).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
    expect(form.toObject()).toEqual({ a: '1' });
    expect(FormBody.of(request(undefined)).toObject()).toEqual({});
  });

  it('is a form, whatever charset it names', () => {
    for (const type of ['application/x-www-form-urlencoded; charset=UTF-8', 'Application/X-WWW-Form-URLEncoded'])
      expect(FormBody.of(request({ a: '1' }, { type })).get('a')).toBe('1');
    for (const type of [
      '',
      'application/json',
      'application/x-www-form-urlencoded-x',
      'text/plain; application/x-www-form-urlencoded',
    ])
      invalid({ a: '1' }, { type });
  });

  it('has nothing twice and nothing that is no text', () => {
    for (const value of [['1', '2'], ['1'], {}, 1, null, true]) invalid({ a: value });
  });

  it('stands in the body: no secret in the address', () => {
    for (const name of [
      'client_secret',
      'code',
      'refresh_token',
      'token',
      'code_verifier',
      'device_code',
      'access_token',
    ])
      invalid({ a: '1' }, { query: { [name]: '' } });
    expect(FormBody.of(request({ a: '1' }, { query: { trace: 'x' } })).get('a')).toBe('1');
  });

  it('is not confused by names that objects have', () => {
    const form = FormBody.of(request(JSON.parse('{"__proto__":"x","constructor":"y","a":"1"}')));
    expect([form.get('toString'), form.get('__proto__'), form.get('a')]).toEqual([null, 'x', '1']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
