import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateOAuthClient, OAuthClient, OAuthClientWithSecret } from '@besedka/contracts';
import { eventually } from './eventually.js';
import type { Person } from './person.js';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly scope: string;
  readonly expires_in: number;
}

/** An application of somebody else: a web server of its own, to which people come back, and which redeems what they bring. */
export class OtherApplication {
  private readonly verifier = randomBytes(32).toString('base64url');
  private registered: { client: OAuthClient; secret: string | null } | undefined;

  private constructor(
    private readonly server: Server,
    /** Query strings that people came back with. */
    private readonly callbacks: readonly string[],
    private readonly portal: string,
    /** Its own address, where people come back to. */
    readonly redirectUri: string,
  ) {}

  /** Starts its web server; nobody knows it yet. */
  static async start(portal: string): Promise<OtherApplication> {
    const visited: string[] = [];
    const server = createServer((request, answer) => {
      const path = request.url ?? '';
      if (path.startsWith('/cb')) visited.push(path.slice(path.indexOf('?') + 1));
      answer.writeHead(path.startsWith('/cb') ? 200 : 204, { 'content-type': 'text/html; charset=utf-8' });
      answer.end(path.startsWith('/cb') ? '<!doctype html><title>Wiki</title><h1>Welcome back to the wiki</h1>' : '');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    return new OtherApplication(server, visited, portal, `http://127.0.0.1:${port}/cb`);
  }

  /** Starts it and has it registered by somebody who may. */
  static async registered(
    by: Person,
    portal: string,
    more: Partial<CreateOAuthClient> = {},
  ): Promise<OtherApplication> {
    const application = await OtherApplication.start(portal);
    const made = await by.api<OAuthClientWithSecret>('POST', 'oauth/clients', {
      kind: 'confidential',
      name: 'Садовая вики',
      description: 'Статьи о растениях',
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile', 'email'],
      redirectUris: [application.redirectUri],
      ...more,
    });
    application.knows(made.client, made.secret);
    return application;
  }

  /** Writes what the portal's administrator handed over into its settings. */
  knows(client: Pick<OAuthClient, 'clientId'> & Partial<OAuthClient>, secret: string | null): void {
    this.registered = { client: client as OAuthClient, secret };
  }

  get client(): OAuthClient {
    if (!this.registered) throw new Error('not registered yet');
    return this.registered.client;
  }

  /** Where it sends people who want to sign in; `state` is put in as it is. */
  authorizePath(more: Readonly<Record<string, string>> = {}, rawState = 'a%2Fb%2B%3D'): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.client.clientId,
      redirect_uri: this.redirectUri,
      scope: 'openid profile email',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    });
    return `/o/authorize/?${query.toString()}&state=${rawState}`;
  }

  /** The query string of the newest visit, as it came, once more people have come back than `before`. */
  async visit(before = 0): Promise<{ raw: string; params: URLSearchParams }> {
    await eventually(() => {
      if (this.callbacks.length <= before) throw new Error('nobody has come back to the application');
    });
    const raw = this.callbacks.at(-1) ?? '';
    return { raw, params: new URLSearchParams(raw) };
  }

  get visits(): number {
    return this.callbacks.length;
  }

  /** One request to the token endpoint, as this application. */
  async tokenRequest(
    body: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const secret = this.registered?.secret;
    const answer = await fetch(`${this.portal}/o/token/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(secret && { authorization: `Basic ${btoa(`${this.client.clientId}:${secret}`)}` }),
      },
      body: new URLSearchParams({ ...body, ...(!secret && { client_id: this.client.clientId }) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** Redeems a code. @throws unless the portal gives tokens */
  async redeem(code: string | null): Promise<Tokens> {
    const { status, body } = await this.tokenRequest({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
    });
    if (status !== 200) throw new Error(`no tokens for the code: ${status} ${JSON.stringify(body)}`);
    return body as unknown as Tokens;
  }

  /** Asks who the person is: the answer's status and claims. */
  async whoIs({ access_token }: Tokens): Promise<{ status: number; claims: Record<string, unknown> }> {
    const answer = await fetch(`${this.portal}/o/userinfo/`, { headers: { authorization: `Bearer ${access_token}` } });
    const text = await answer.text();
    return { status: answer.status, claims: answer.ok ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
  }
}
