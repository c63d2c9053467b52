import type { DoubleOptions, RocketChatDouble } from '@besedka/rocketchat/testing';
import { createHash } from 'node:crypto';
import type { Env } from '../../../src/config/env-fields.js';
import { sql } from '../accounts/accounts.js';
import type { HttpAnswer, HttpClient, RequestOptions } from '../http-client.js';
import { createTestApp, type TestApp } from '../test-app.js';
import { ADMIN, startServer } from './bridge.js';

/** What the server's environment and the portal's settings both name. */
export const TOKEN_SECRET = 'a-secret-of-both-servers';

/** A portal and the Rocket.Chat that it is configured for. */
export interface ChatPortal {
  readonly server: RocketChatDouble;
  readonly app: TestApp;
  close(): Promise<void>;
}

/** Starts both; people are signed in by token unless `env` says otherwise. */
export async function startChatPortal(env: Env = {}, options: DoubleOptions = {}): Promise<ChatPortal> {
  const server = await startServer({
    ...options,
    env: { CREATE_TOKENS_FOR_USERS_SECRET: TOKEN_SECRET, ...options.env },
  });
  try {
    const app = await createTestApp({
      ownAddress: true,
      env: {
        ROCKETCHAT_URL: server.url,
        ROCKETCHAT_MODE: 'iframe-token',
        ROCKETCHAT_ADMIN_USER: ADMIN.username,
        ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
        ROCKETCHAT_TOKEN_SECRET: TOKEN_SECRET,
        ...env,
      },
    });
    const close = async (): Promise<void> => {
      await app.close();
      await server.close();
    };
    return { server, app, close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Gives people of the portal their accounts at the double, as the sync does. @returns username → account id */
export async function linkAccounts({ server, app }: ChatPortal, ...usernames: string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const username of usernames) {
    const { _id } = server.make.user(username);
    await sql(
      app,
      `INSERT INTO rocketchat_links (user_id, rc_user_id, username, state)
       SELECT id, $2, username, 'ready' FROM users WHERE username = $1`,
      [username, _id],
    );
    ids.set(username, _id);
  }
  return ids;
}

/** What Rocket.Chat's page asks in this browser. */
export function askForToken(
  { server }: ChatPortal,
  browser: HttpClient,
  { path = '/chat/api/auth/', ...options }: RequestOptions & { path?: string } = {},
): Promise<HttpAnswer<{ loginToken?: string; code?: string }>> {
  return browser.post(path, undefined, { origin: server.url, ...options });
}

/** Whose token this is at the double; null: nobody's (any more). As a page asks: `login {resume}`, without the limits of REST. */
export function ownerOf({ server }: ChatPortal, token: string): string | null {
  const hashed = createHash('sha256').update(token).digest('base64');
  const owner = [...server.state.users.values()].find(({ services }) =>
    services.resume.loginTokens.some(({ hashedToken }) => hashedToken === hashed),
  );
  return owner?.username ?? null;
}
