import type { Me } from '@besedka/contracts';
import {
  createUser,
  GOOD_PASSWORD,
  ifMatch,
  letters,
  localPassword,
  refusal,
  signIn,
  tokenIn,
} from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('the own address', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  const change = (by: HttpClient, email: string, currentPassword: string) =>
    by.put<Me & Record<string, unknown>>('/api/v1/users/me/email', { email, currentPassword });

  it('is changed by everybody, the owner too, with the current password; the one before is told', async () => {
    for (const name of ['owner', 'test_user']) {
      const http = await signIn(app, name);
      const before = (await http.get<Me>('/api/v1/users/me')).json;
      const answer = await change(http, `${name}@new.example.org`, localPassword(name));
      expect([answer.status, answer.json.email, answer.json.version]).toEqual([
        200,
        `${name}@new.example.org`,
        before.version + 1,
      ]);
      expect(answer.headers.get('etag')).toBe(`"${before.version + 1}"`);
      const letter = (await letters(app)).at(-1);
      expect(letter).toContain(`To: ${before.email}`);
      expect(letter).toContain('Адрес почты в «Беседке» изменён');
      await signIn(app, `${name}@new.example.org`, localPassword(name));
    }
  });

  it('stays where the password is wrong, and guessing is delayed as at the sign-in', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'stays@example.org' });
    const http = await signIn(app, user.username);
    expect(refusal(await change(http, 'other@example.org', 'wrong password 1'))).toEqual([400, 'wrong_password']);
    expect(refusal(await change(http, 'other@example.org', ''))).toEqual([400, 'validation_failed']);
    expect(refusal(await change(http, 'no address', GOOD_PASSWORD))).toEqual([400, 'validation_failed']);
    const more = [];
    for (let n = 0; n < 9; n += 1) more.push((await change(http, 'other@example.org', `wrong ${n}`)).json['code']);
    expect(more).toContain('sign_in_delayed');
    expect((await http.get<Me>('/api/v1/users/me')).json.email).toBe('stays@example.org');
  });

  it('is refused when it is somebody else’s, without a word about whose', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'curious@example.org' });
    const http = await signIn(app, user.username);
    const taken = await change(http, 'ADMIN@besedka.local', GOOD_PASSWORD);
    expect(taken.json).toMatchObject({ code: 'email_taken', errors: [{ path: 'email', code: 'email_taken' }] });
    expect(taken.json['data']).toBeUndefined();
    // The same in other letters is one's own.
    expect((await change(http, 'Curious@Example.org', GOOD_PASSWORD)).json.email).toBe('Curious@Example.org');
  });

  it('voids reset links that went to the former one', async () => {
    const user = await createUser(await signIn(app, 'admin'), { email: 'former@example.org' });
    await app.http().post('/api/v1/auth/forgot', { login: user.username });
    const token = tokenIn((await letters(app)).at(-1));
    await change(await signIn(app, user.username), 'latter@example.org', GOOD_PASSWORD);
    expect((await app.http().get(`/api/v1/auth/reset?token=${token}`)).status).toBe(400);
  });

  it('of several changes at once one wins an address that two want', async () => {
    const admin = await signIn(app, 'admin');
    const people = await Promise.all([1, 2, 3].map(() => createUser(admin)));
    const windows = await Promise.all(people.map((person) => signIn(app, person.username)));
    const answers = await Promise.all(windows.map((http) => change(http, 'wanted@example.org', GOOD_PASSWORD)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('is not changed by the way for others', async () => {
    const http = await signIn(app, 'owner');
    const { json } = await http.get<Me>('/api/v1/users/me');
    const answer = await http.patch(
      `/api/v1/users/${json.id}`,
      { email: 'owner@elsewhere.example.org' },
      ifMatch(json.version),
    );
    expect(refusal(answer)).toEqual([409, 'own_account']);
  });
});
