import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateUser, User } from '@besedka/contracts';
import { LOCAL_ACCOUNTS } from '../../../src/database/seeds/local-accounts.js';
import { Database } from '../../../src/database/database.js';
import { OutboxWorker } from '../../../src/modules/outbox/outbox.worker.js';
import type { HttpAnswer, HttpClient } from '../http-client.js';
import type { TestApp } from '../test-app.js';

/** A password that no rule minds. */
export const GOOD_PASSWORD = 'тихий вечер 4207';

/** A browser in which somebody has signed in. */
export async function signIn(app: TestApp, login: string, password = localPassword(login)): Promise<HttpClient> {
  const http = app.http();
  const answer = await http.post('/api/v1/auth/login', { login, password });
  if (answer.status !== 200) throw new Error(`${login} could not sign in: ${answer.text}`);
  return http;
}

export function localPassword(username: string): string {
  return LOCAL_ACCOUNTS.find((account) => account.username === username)?.password ?? GOOD_PASSWORD;
}

let counter = 0;

/** An account made through the API by somebody who may, with a name of its own. */
export async function createUser(by: HttpClient, wanted: Partial<CreateUser> = {}): Promise<User> {
  counter += 1;
  const answer = await by.post<User>('/api/v1/users', {
    username: `person_${counter}`,
    fullName: `Человек ${counter}`,
    ...(wanted.invite === true ? {} : { password: GOOD_PASSWORD }),
    ...wanted,
  });
  if (answer.status !== 201) throw new Error(`no account was made: ${answer.text}`);
  return answer.json;
}

export const ifMatch = (version: number) => ({ headers: { 'if-match': `"${version}"` } });

/** Status and code of a refusal, for one assertion. */
export const refusal = (answer: HttpAnswer<Record<string, unknown>>): [number, unknown] => [
  answer.status,
  answer.json.code,
];

/** Runs a statement behind the product's back, e.g. to let time pass. */
export async function sql<T extends object>(app: TestApp, text: string, params: unknown[] = []): Promise<T[]> {
  return app.get(Database).query<T>(text, params);
}

/** Letters written so far, oldest first, after everything promised has been delivered. */
export async function letters(app: TestApp): Promise<string[]> {
  await delivered(app);
  const folder = join(app.config.dataDir, 'mail');
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Waits until the outbox has nothing left that is due. */
export async function delivered(app: TestApp): Promise<void> {
  for (;;) {
    app.get(OutboxWorker).wake();
    await app.get(OutboxWorker).idle();
    const [row] = await sql<{ due: number }>(
      app,
      'SELECT count(*)::int AS due FROM outbox WHERE done_at IS NULL AND next_attempt_at <= now()',
    );
    if (row?.due === 0) return;
  }
}

/** The token in the link of a letter. */
export function tokenIn(letter: string | undefined): string {
  const token = /\/(?:activate|reset)\?token=([\w-]+)/.exec(letter ?? '')?.[1];
  if (token === undefined) throw new Error(`no link in: ${letter ?? 'nothing'}`);
  return token;
}
