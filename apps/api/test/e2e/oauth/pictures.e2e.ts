import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { signIn } from '../../support/accounts/accounts.js';
import { authorizePath, bearer, exchange, told } from '../../support/oauth/applications.js';
import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => closeTestApp(app));

it('tells an application a picture that it can fetch without a session, and only at that very address', async () => {
  const person = await signIn(app, 'test_user');
  const form = new FormData();
  const picture = readFileSync(resolve(import.meta.dirname, '../../../../../docs/screenshots/users-en-light-desk.png'));
  form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'me.png');
  expect((await person.request('PUT', '/api/v1/users/me/avatar', { body: form })).status).toBe(200);
  const code = told(await person.get(authorizePath(ROCKETCHAT, { scope: 'read' }))).code ?? '';
  const { access_token } = (await exchange(app.http(), ROCKETCHAT, code, null)).json;
  const identity = await app.http().get<{ avatar_url: string }>('/api/v1/auth/rocket', bearer(access_token));
  const address = new URL(identity.json.avatar_url);
  const path = address.pathname;

  const fetched = await app.http().get(path);
  expect([fetched.status, fetched.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(fetched.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  const [id = '', file = ''] = path.split('/').slice(-2);
  for (const wrong of [
    `/o/pictures/${id}/${file.replace(/^\d+/, '2')}`,
    `/o/pictures/${id}/${file.replace(/-./, '-!')}`,
    `/o/pictures/018f0000-0000-7000-8000-000000000001/${file}`,
    `/o/pictures/${id}/1.webp`,
  ]) {
    expect([wrong, (await app.http().get(wrong)).status]).toEqual([wrong, 404]);
  }
});
