import { connect } from 'node:net';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Public } from '../../src/common/access/access.decorators.js';
import { AppError } from '../../src/common/errors/app-error.js';
import { type CoreApp, createCoreApp } from '../support/core-app.js';
import type { HttpAnswer } from '../support/http-client.js';

const thing = z.object({
  name: z.string().min(3, { error: 'too_short' }),
  parts: z.array(z.object({ size: z.number() })),
});

@Controller('probe')
class ProbeController {
  @Post('things')
  @Public()
  create(@Body({ schema: thing }) body: z.infer<typeof thing>): { name: string } {
    return { name: body.name };
  }

  @Get('things/:id')
  @Public()
  read(@Param('id') id: string, @Query('q') q?: string): { id: string; q?: string } {
    return { id, q };
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('the password of the database is hunter2');
  }

  @Get('conflict')
  @Public()
  conflict(): never {
    throw new AppError('version_conflict', { current: { version: 7 } });
  }

  @Get('busy')
  @Public()
  busy(): never {
    throw new AppError('rate_limited', { retryAfter: 12.2 });
  }

  @Get('unreachable')
  @Public()
  unreachable(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  }
}

function expectProblem(answer: HttpAnswer<Record<string, unknown>>, status: number, code: string): void {
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(answer.json).toMatchObject({ status, code, type: `urn:besedka:error:${code}`, title: expect.any(String) });
  expect(answer.json['requestId']).toBe(answer.headers.get('x-request-id'));
}

describe('failures are named problems', () => {
  let core: CoreApp;
  beforeAll(async () => {
    core = await createCoreApp([ProbeController], { env: { BODY_LIMIT_BYTES: '20000' } });
  });
  afterAll(() => core.close());

  it('names every invalid field', async () => {
    const answer = await core.http().post('/api/v1/probe/things', { name: 'ab', parts: [{ size: 'big' }] });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.json['errors']).toEqual([
      { path: 'name', code: 'too_short', message: 'too_short' },
      { path: 'parts.0.size', code: 'invalid_type', message: expect.any(String) },
    ]);
  });

  it('refuses what is not an object at all', async () => {
    for (const json of [null, 1, 'text', []]) {
      expectProblem(await core.http().post('/api/v1/probe/things', json), 400, 'validation_failed');
    }
    expectProblem(await core.http().post('/api/v1/probe/things'), 400, 'validation_failed');
  });

  it.each([
    ['half a document', '{"name": "abc'],
    ['an empty body', ''],
    ['a poisoned prototype', '{"__proto__": {"admin": true}}'],
  ])('refuses %s as malformed', async (_what, body) => {
    const answer = await core
      .http()
      .request('POST', '/api/v1/probe/things', { body, headers: { 'content-type': 'application/json' } });
    expectProblem(answer, 400, 'malformed_request');
  });

  it('refuses a body over the limit', async () => {
    const answer = await core.http().post('/api/v1/probe/things', { name: 'x'.repeat(30_000), parts: [] });
    expectProblem(answer, 413, 'payload_too_large');
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('refuses the content type %s', async (type) => {
    const answer = await core
      .http()
      .request('POST', '/api/v1/probe/things', { body: 'name=abcd', headers: { 'content-type': type } });
    expectProblem(answer, 415, 'unsupported_media_type');
  });

  it.each([
    ['a null byte', { name: 'ab\u0000cd', parts: [] }, 'body.name'],
    ['half a surrogate pair', { name: 'ab\ud800cd', parts: [] }, 'body.name'],
    ['a null byte in a name', { 'na\u0000me': 'abcd', parts: [] }, 'body'],
  ])('refuses %s in the body before anything reads it', async (_what, json, path) => {
    const answer = await core.http().post('/api/v1/probe/things', json);
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.json['errors']).toMatchObject([{ path, code: 'unsafe_characters' }]);
  });

  it('refuses input that is nested too deeply', async () => {
    const body = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const answer = await core
      .http()
      .request('POST', '/api/v1/probe/things', { body, headers: { 'content-type': 'application/json' } });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.json['errors']).toMatchObject([{ code: 'too_deep' }]);
  });

  it('refuses null bytes in path and query, and addresses that are not UTF-8', async () => {
    expectProblem(await core.http().get('/api/v1/probe/things/a%00b'), 400, 'validation_failed');
    expectProblem(await core.http().get('/api/v1/probe/things/ab?q=%00'), 400, 'validation_failed');
    expectProblem(await core.http().get('/api/v1/probe/things/%ff%fe'), 400, 'malformed_request');
  });

  it('tells an unknown address from a wrong method', async () => {
    expectProblem(await core.http().get('/api/v1/nowhere'), 404, 'not_found');
    expectProblem(await core.http().post('/api/v1/nowhere', {}), 404, 'not_found');
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await core.http().request(method, '/api/v1/probe/things');
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.get('allow')).toBe('POST');
    }
  });

  it('answers with and without the trailing slash', async () => {
    expect((await core.http().get('/api/v1/probe/things/1/')).json).toEqual({ id: '1' });
  });

  it('says nothing about a failure nobody foresaw, and logs it under the same id', async () => {
    const answer = await core.http().get('/api/v1/probe/broken');
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toContain('hunter2');
    const line = core.logs.find(
      (entry) => entry['requestId'] === answer.json['requestId'] && entry['level'] === 'error',
    );
    expect(line).toMatchObject({ code: 'internal', route: '/api/v1/probe/broken' });
  });

  it('carries the current state with 412, the seconds with 429 and 503', async () => {
    const conflict = await core.http().get('/api/v1/probe/conflict');
    expectProblem(conflict, 412, 'version_conflict');
    expect(conflict.json['current']).toEqual({ version: 7 });
    const busy = await core.http().get('/api/v1/probe/busy');
    expectProblem(busy, 429, 'rate_limited');
    expect(busy.headers.get('retry-after')).toBe('13');
    const away = await core.http().get('/api/v1/probe/unreachable');
    expectProblem(away, 503, 'database_unavailable');
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(away.text).not.toContain('5432');
  });

  it('keeps a sane request id of the caller and replaces any other', async () => {
    const kept = await core.http().get('/api/v1/nowhere', { headers: { 'x-request-id': 'trace-0123456789' } });
    expect(kept.json['requestId']).toBe('trace-0123456789');
    for (const id of ['short', 'x'.repeat(65), 'has spaces in it', '"quoted-text"', '../../etc/passwd']) {
      const answer = await core.http().get('/api/v1/nowhere', { headers: { 'x-request-id': id } });
      expect(answer.json['requestId']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('logs neither queries nor tokens nor bodies', async () => {
    await core.http().post(
      '/api/v1/probe/things?token=in-the-address',
      { name: 'in-the-body', parts: [] },
      {
        headers: { authorization: 'Bearer in-the-header', cookie: 'besedka_access=in-the-cookie' },
      },
    );
    const written = JSON.stringify(core.logs);
    for (const secret of ['in-the-address', 'in-the-body', 'in-the-header', 'in-the-cookie']) {
      expect(written).not.toContain(secret);
    }
  });

  it('survives bytes that are no HTTP', async () => {
    const { hostname, port } = new URL(core.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write('\u0000\u0001 nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ code: 'malformed_request' });
    expect((await core.http().get('/api/v1/probe/things/1')).status).toBe(200);
  });
});
