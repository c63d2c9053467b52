import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { Public } from '../../src/common/access/access.decorators.js';
import { Answers } from '../../src/common/http/answers.decorator.js';
import { type CoreApp, createCoreApp } from '../support/core-app.js';

const person = z.object({ name: z.string() });

@Controller('probe')
class ProbeController {
  @Get('one')
  @Public()
  @Answers(person)
  one(): object {
    return { name: 'Anna', passwordHash: 'sesame' };
  }

  @Get('list')
  @Public()
  @Answers(person)
  async list(): Promise<object> {
    return Promise.resolve([{ name: 'Anna', passwordHash: 'sesame' }]);
  }

  @Get('wrong')
  @Public()
  @Answers(person)
  wrong(): object {
    return { name: 7, passwordHash: 'sesame' };
  }
}

describe('what leaves the server', () => {
  let core: CoreApp;
  beforeAll(async () => (core = await createCoreApp([ProbeController])));
  afterAll(() => core.close());

  it('is what the declared schema names', async () => {
    expect((await core.http().get('/api/v1/probe/one')).text).toBe('{"name":"Anna"}');
    expect((await core.http().get('/api/v1/probe/list')).text).toBe('[{"name":"Anna"}]');
  });

  it('is nothing when the answer does not fit it', async () => {
    const answer = await core.http().get('/api/v1/probe/wrong');
    expect([answer.status, answer.json['code']]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('sesame');
  });

  it.each([
    ['local', null],
    ['production', 'max-age=31536000; includeSubDomains'],
  ])('carries the security headers, those of errors too: %s', async (mode, https) => {
    const own = await createCoreApp([ProbeController], {
      env: { BESEDKA_MODE: mode, PUBLIC_URL: 'https://portal.example.org' },
    });
    try {
      for (const path of ['/api/v1/probe/one', '/api/v1/probe/wrong', '/api/v1/nothing']) {
        const { headers } = await own.http().get(path);
        expect(headers.get('content-security-policy')).toContain("default-src 'self';script-src 'self';");
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
        expect(headers.get('referrer-policy')).toBe('same-origin');
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
        expect(headers.get('strict-transport-security')).toBe(https);
      }
    } finally {
      await own.close();
    }
  });
});
