import type { DoubleOptions, RocketChatDouble } from '@besedka/rocketchat/testing';
import { createHash } from 'node:crypto';
import { systemContext } from '../../../src/common/context/request-context.js';
import type { Env } from '../../../src/config/env-fields.js';
import { ProvisioningService } from '../../../src/modules/rocketchat-bridge/provisioning.service.js';
import { sql } from '../accounts/accounts.js';
import type { HttpAnswer, HttpClient, RequestOptions } from '../http-client.js';
import { createTestApp, type TestApp } from '../test-app.js';
import { portalEnv, startServer } from './bridge.js';

/** What the server's environment and the portal's settings both name. */
export const TOKEN_SECRET = 'a-secret-of-both-servers';

/** A portal and the Rocket.Chat that it is configured for. */
export interface ChatPortal {
  readonly server: RocketChatDouble;
  readonly app: TestApp;
  close(): Promise<void>;
}

/** Starts both and sets the server up; people are signed in by token unless `env` says otherwise. */
export async function startChatPortal(env: Env = {}, options: DoubleOptions = {}): Promise<ChatPortal> {
  const server = await startServer({
    ...options,
    env: { CREATE_TOKENS_FOR_USERS_SECRET: TOKEN_SECRET, ...options.env },
  });
  try {
    const app = await createTestApp({
      ownAddress: true,
      env: {
        // Set up below, so that it is done when the tests begin.
        ...portalEnv(server),
        ROCKETCHAT_MODE: 'iframe-token',
        ROCKETCHAT_TOKEN_SECRET: TOKEN_SECRET,
        ...env,
      },
    });
    await app.get(ProvisioningService).apply(systemContext('test'));
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

/** Waits until the sync has given these people their accounts at the double. @returns username → account id */
export async function linkAccounts({ app }: ChatPortal, ...usernames: string[]): Promise<Map<string, string>> {
  for (;;) {
    const links = await sql<{ username: string; id: string }>(
      app,
      `SELECT u.username, l.rc_user_id AS id FROM rocketchat_links l JOIN users u ON u.id = l.user_id
       WHERE u.username = ANY ($1) AND l.state = 'ready'`,
      [usernames],
    );
    if (links.length === usernames.length) return new Map(links.map(({ username, id }) => [username, id]));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
