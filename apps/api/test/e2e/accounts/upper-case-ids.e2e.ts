import type { User } from '@besedka/contracts';
import { refusal, signIn, sql } from '../../support/accounts/accounts.js';
import { Person } from '../../support/realtime/people.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

// UUIDs may be written in either case; everything that is named after an id must be met all the same.
describe('ids in upper case', () => {
  let app: TestApp;
  let owner: Person;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await Person.local(app.url, 'owner');
  });
  afterAll(() => closeTestApp(app));

  it('disabling closes the sockets at once', async () => {
    const person = await owner.createPerson('upper_disable');
    const socket = await person.socket();
    const gone = socket.gone();
    const { version } = await owner.http<User>('GET', `users/${person.id}`);
    const path = `users/${person.id.toUpperCase()}`;
    await owner.http('PATCH', path, { status: 'disabled' }, { 'if-match': `"${version}"` });
    await gone;
    expect(socket.all('session:ended')).toEqual([{ reason: 'disabled' }]);
  });

  it('ending somebody’s sessions closes their sockets at once', async () => {
    const person = await owner.createPerson('upper_end');
    const socket = await person.socket();
    const gone = socket.gone();
    await owner.http('DELETE', `users/${person.id.toUpperCase()}/sessions`);
    await gone;
    expect(socket.all('session:ended')).toEqual([{ reason: 'revoked' }]);
  });

  it('ending one of my sessions closes its sockets, and my present one is known as such', async () => {
    const person = await owner.createPerson('upper_own');
    const other = await person.again();
    const [mine, theirs] = await Promise.all([person.socket(), other.socket()]);
    const gone = [theirs.gone(), mine.gone()];
    await person.http('DELETE', `auth/sessions/${other.sessionId.toUpperCase()}`);
    await gone[0];
    expect(theirs.all('session:ended')).toEqual([{ reason: 'revoked' }]);
    await person.http('DELETE', `auth/sessions/${person.sessionId.toUpperCase()}`);
    await gone[1];
    expect(mine.all('session:ended')).toEqual([{ reason: 'signed_out' }]);
  });

  it('a delay is lifted', async () => {
    const person = await owner.createPerson('upper_lift');
    const attempt = () =>
      app.http().post<Record<string, unknown>>('/api/v1/auth/login', { login: person.username, password: 'wrong 1' });
    for (let n = 0; n < 5; n += 1) await attempt();
    expect(refusal(await attempt())).toEqual([429, 'sign_in_delayed']);
    await owner.http('DELETE', `users/${person.id.toUpperCase()}/sign-in-delay`);
    await signIn(app, person.username, person.password);
  });

  it('the owner is not handed over to themselves, and one’s own account stays one’s own', async () => {
    const http = await signIn(app, 'owner');
    const body = { userId: owner.id.toUpperCase(), password: 'owner123secure' };
    expect(refusal(await http.post('/api/v1/roles/owner/handover', body))).toEqual([409, 'own_account']);
    const path = `/api/v1/users/${owner.id.toUpperCase()}/sessions`;
    expect(refusal(await http.delete<Record<string, unknown>>(path))).toEqual([409, 'own_account']);
    expect(await sql(app, `SELECT 1 AS one FROM user_roles WHERE role_key = 'owner'`)).toHaveLength(1);
  });
});
