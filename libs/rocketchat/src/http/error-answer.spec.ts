import { errorOf } from './error-answer.js';

const of = (status: number, body: unknown) => errorOf({ route: 'POST x', status, body });
const failure = (error: string, errorType?: string, details?: unknown) => ({
  success: false,
  error,
  errorType,
  details,
});

describe('the error of an answer', () => {
  it.each([
    ['code in errorType', 400, failure('x', 'error-room-not-found'), 'not-found', 'error-room-not-found'],
    [
      'code only in the text',
      400,
      failure('The room is gone [error-room-not-found]'),
      'not-found',
      'error-room-not-found',
    ],
    ['code instead of a text', 403, { success: false, error: 'unauthorized' }, 'forbidden', 'unauthorized'],
    [
      'permission checked by the route',
      403,
      failure('User does not have the permissions [error-unauthorized]'),
      'forbidden',
      'error-unauthorized',
    ],
    ['permission, 9.0', 403, failure('No', 'error-forbidden'), 'forbidden', 'error-forbidden'],
    ['permission as 400', 400, failure('Not allowed [error-not-allowed]'), 'forbidden', 'error-not-allowed'],
    [
      'not signed in, 7.x',
      401,
      { status: 'error', message: 'You must be logged in to do this.' },
      'unauthorized',
      undefined,
    ],
    ['wrong password, 9.0', 401, { success: false, error: 'unauthorized' }, 'unauthorized', 'unauthorized'],
    [
      'lock-out',
      401,
      { status: 'error', error: 'error-login-blocked-for-user', message: 'Blocked [error-login-blocked-for-user]' },
      'unauthorized',
      'error-login-blocked-for-user',
    ],
    ['second factor', 400, failure('TOTP Required [totp-required]', 'totp-required'), 'second-factor', 'totp-required'],
    [
      'second factor at sign-in',
      401,
      { status: 'error', error: 'totp-required', message: 'TOTP Required [totp-required]' },
      'second-factor',
      'totp-required',
    ],
    [
      'unchanged topic',
      400,
      failure('The channel topic is the same as what it would be changed to.'),
      'already-so',
      undefined,
    ],
    [
      'unchanged default, swapped code',
      400,
      failure('x [error-channels-setdefault-missing-default-param]'),
      'already-so',
      'error-channels-setdefault-missing-default-param',
    ],
    ['already in role', 400, failure('x', 'error-user-already-in-role'), 'already-so', 'error-user-already-in-role'],
    [
      'name taken',
      400,
      failure('a@b is already in use :( [error-field-unavailable]', 'error-field-unavailable'),
      'conflict',
      'error-field-unavailable',
    ],
    ['name taken, numeric code', 400, failure('Username already exists. [403]'), 'conflict', undefined],
    ['user, text alone', 400, failure('User not found.'), 'not-found', undefined],
    ['bad body', 400, failure('must have required property', 'invalid-params'), 'invalid', 'invalid-params'],
    ['bad name', 400, failure('x', 'error-invalid-room-name'), 'invalid', 'error-invalid-room-name'],
    ['last owner', 400, failure('x', 'user-last-owner'), 'refused', 'user-last-owner'],
    ['licence', 400, failure('x', 'error-action-not-allowed'), 'refused', 'error-action-not-allowed'],
    [
      'wrong createToken secret',
      400,
      failure('Not authorized', 'error-not-authorized'),
      'forbidden',
      'error-not-authorized',
    ],
    ['unknown code', 400, failure('x', 'error-of-the-future'), 'refused', 'error-of-the-future'],
    ['nothing at all', 400, { success: false }, 'refused', undefined],
    ['no route', 404, undefined, 'not-found', undefined],
    ['proxy', 502, undefined, 'unavailable', undefined],
    ['server', 500, failure('Internal server error'), 'unavailable', undefined],
    ['known code with 500', 500, failure('x', 'error-invalid-room'), 'not-found', 'error-invalid-room'],
  ])('tells %s', (_name, status, body, kind, errorType) => {
    expect(of(status, body)).toMatchObject({ kind, errorType, status, name: 'RocketChatError' });
  });

  it('tells how long to wait: in the text rather than by the headers', () => {
    const body = failure(
      'Error, too many requests. You must wait 12 seconds before trying this. [error-too-many-requests]',
    );
    expect(errorOf({ route: 'x', status: 429, body, retryAfterMs: 60_000 })).toMatchObject({
      kind: 'rate-limited',
      errorType: 'error-too-many-requests',
      retryAfterMs: 12_000,
    });
    expect(errorOf({ route: 'x', status: 400, body })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 12_000 });
    expect(errorOf({ route: 'x', status: 429, body: undefined, retryAfterMs: 3_000 }).retryAfterMs).toBe(3_000);
  });

  it('keeps details and words away from logs', () => {
    const details = [{ name: 'secret room' }];
    const error = of(400, failure('anna@example.org owns it', 'user-last-owner', details));
    expect(error.details).toEqual(details);
    expect(error.text).toContain('anna');
    expect(`${JSON.stringify(error)} ${error.message} ${String(error.stack)}`).not.toMatch(/anna|secret room/);
    expect(error.message).toBe('Rocket.Chat, POST x: refused (400, user-last-owner)');
  });
});
