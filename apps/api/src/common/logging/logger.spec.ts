import { Writable } from 'node:stream';
import { createLogger } from './logger.js';

function written(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      done();
    },
  });
  write(createLogger({ level: 'info' }, destination));
  return text;
}

describe('the log', () => {
  it('is one JSON object per line with level, time and message', () => {
    const line = JSON.parse(written((logger) => logger.info({ requestId: 'r' }, 'hello'))) as Record<string, unknown>;
    expect(line).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), requestId: 'r', msg: 'hello' });
  });

  it.each([
    { authorization: 'Bearer sesame' },
    { headers: { authorization: 'Bearer sesame', cookie: 'a=sesame', 'set-cookie': ['a=sesame'] } },
    { req: { headers: { cookie: 'a=sesame', 'set-cookie': 'a=sesame' } } },
    { password: 'sesame', user: { password: 'sesame', newPassword: 'sesame', currentPassword: 'sesame' } },
    { token: 'sesame', refreshToken: 'sesame', session: { accessToken: 'sesame' } },
    { secret: 'sesame', body: 'sesame', message: { body: 'sesame' } },
  ])('hides secrets and what people write: %j', (facts) => {
    const text = written((logger) => logger.info(facts, 'facts'));
    expect(text).not.toContain('sesame');
    expect(text).toContain('[redacted]');
  });

  it('keeps what the database driver attaches to an error out', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      parameters: ['sesame'],
      detail: '(email)=(sesame)',
    });
    const text = written((logger) => logger.error({ err: error }, 'failed'));
    expect(text).toContain('duplicate key');
    expect(text).toContain('23505');
    expect(text).not.toContain('sesame');
  });
});
