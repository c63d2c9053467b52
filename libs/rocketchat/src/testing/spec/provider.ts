import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Grant {
  redirectUri: string;
  challenge: string | null;
}

/** A small OAuth server that knows one client and one person, and answers silently. */
export class Provider {
  readonly client = { id: 'rocketchat', secret: 'the secret' };
  /** What the identity endpoint says. */
  identity: unknown = {
    id: 'u-1',
    sub: 'u-1',
    username: 'alice',
    email: 'alice@example.org',
    name: 'Alice',
    roles: ['admin'],
  };
  identityStatus = 200;
  /** Replaces the answer of the token endpoint. */
  tokenAnswer: { status: number; body: string } | undefined;
  /** `false`: the person says no. */
  consents = true;
  readonly authorizeCalls: URL[] = [];
  readonly tokenCalls: { headers: IncomingMessage['headers']; body: Record<string, string> }[] = [];
  readonly identityCalls: { headers: IncomingMessage['headers']; url: URL }[] = [];
  url = '';
  private readonly codes = new Map<string, Grant>();
  private readonly tokens = new Set<string>();
  private server: Server | undefined;

  async start(): Promise<this> {
    const server = createServer((req, res) => void this.serve(req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.url);
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const body = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
    if (url.pathname === '/o/authorize/') this.authorize(url, res);
    else if (url.pathname === '/o/token/') this.token(req, body, res);
    else this.me(req, url, res);
  }

  private authorize(url: URL, res: ServerResponse): void {
    this.authorizeCalls.push(url);
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const back = new URL(redirectUri);
    if (this.consents) {
      const code = randomUUID();
      this.codes.set(code, { redirectUri, challenge: url.searchParams.get('code_challenge') });
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', 'access_denied');
    back.searchParams.set('state', url.searchParams.get('state') ?? '');
    res.writeHead(302, { Location: back.href }).end();
  }

  private token(req: IncomingMessage, body: Record<string, string>, res: ServerResponse): void {
    this.tokenCalls.push({ headers: req.headers, body });
    if (this.tokenAnswer) {
      res.writeHead(this.tokenAnswer.status).end(this.tokenAnswer.body);
      return;
    }
    const [id, secret] = Buffer.from((req.headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    const client = req.headers.authorization
      ? { id, secret }
      : { id: body['client_id'], secret: body['client_secret'] };
    const grant = this.codes.get(body['code'] ?? '');
    this.codes.delete(body['code'] ?? '');
    const verifier = createHash('sha256')
      .update(body['code_verifier'] ?? '')
      .digest('base64url');
    const known = client.id === this.client.id && client.secret === this.client.secret;
    const fits = grant?.redirectUri === body['redirect_uri'] && (!grant?.challenge || grant.challenge === verifier);
    if (!known || !fits) {
      res.writeHead(known ? 400 : 401).end(JSON.stringify({ error: known ? 'invalid_grant' : 'invalid_client' }));
      return;
    }
    const token = randomUUID();
    this.tokens.add(token);
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.end(
      JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600, refresh_token: randomUUID() }),
    );
  }

  private me(req: IncomingMessage, url: URL, res: ServerResponse): void {
    this.identityCalls.push({ headers: req.headers, url });
    const token = req.headers.authorization?.replace(/^Bearer /, '') ?? url.searchParams.get('access_token') ?? '';
    const status = this.tokens.has(token) ? this.identityStatus : 401;
    const text = typeof this.identity === 'string' ? this.identity : JSON.stringify(this.identity);
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
  }
}

/** The settings of a provider `besedka`, by suffix. */
export function providerValues(provider: Provider): Record<string, string | boolean> {
  return {
    '': true,
    '-url': provider.url,
    '-authorize_path': '/o/authorize/',
    '-token_path': '/o/token/',
    '-identity_path': '/api/me',
    '-token_sent_via': 'header',
    '-id': provider.client.id,
    '-secret': provider.client.secret,
    '-login_style': 'redirect',
    '-username_field': 'username',
    '-email_field': 'email',
    '-name_field': 'name',
    '-button_label_text': 'Besedka',
  };
}
