import type { TestApp } from '../../test-app.js';
import type { TestApplication } from '../applications.js';
import { Browser } from './browser.js';

/** What a client is driven through: the columns of the table. */
export const STEPS = [
  'discovery',
  'code + PKCE',
  'id token',
  'refresh',
  'revoke',
  'introspect',
  'logout',
  'client credentials',
  'device',
] as const;
export type Step = (typeof STEPS)[number];

/** Where people come back to after signing out. */
export const BYE = 'https://app.example.org/bye';

/** One application registered for one step, the portal, and somebody with a browser. */
export interface Scene {
  readonly app: TestApp;
  /** The issuer: the portal's address. */
  readonly issuer: string;
  readonly application: TestApplication & { readonly secret: string };
  readonly browser: Browser;
  /** The person's id, `sub` of everything. */
  readonly userId: string;
}

/**
 * A client library, unmodified, and how an application uses it. A step throws or asserts when something is wrong; a step that is
 * missing is one that the library has no code for.
 */
export interface DrivenClient {
  /** The package. */
  readonly name: string;
  readonly steps: Readonly<Partial<Record<Step, (scene: Scene) => Promise<void>>>>;
  /** What the client has no code for, and how one sees that. */
  readonly missing: Readonly<Partial<Record<Step, string>>>;
}

/** Whether an access token opens the identity now. */
export async function opens(scene: Scene, accessToken: string): Promise<boolean> {
  const answer = await scene.app
    .http()
    .get<{ sub: string }>('/o/userinfo/', { headers: { authorization: `Bearer ${accessToken}` } });
  return answer.status === 200 && answer.json.sub === scene.userId;
}
