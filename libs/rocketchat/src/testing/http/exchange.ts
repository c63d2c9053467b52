import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call, Core } from '../core.js';

/** One request and its answer. */
export interface Exchange {
  core: Core;
  req: IncomingMessage;
  res: ServerResponse;
  url: URL;
  ip: string;
  /** The text of the body. */
  text: string;
  /** The body as JSON or form, `{}` when there is none. */
  body: Record<string, unknown>;
  call: Call;
}

/** The address of the client; with `HTTP_FORWARDED_COUNT` proxies in front, as many entries from the right are trusted. */
export function clientAddress(core: Core, req: IncomingMessage): string {
  const own = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const proxies = Number(core.env['HTTP_FORWARDED_COUNT'] ?? 0);
  if (!proxies) return own;
  const chain = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return chain[chain.length - proxies] ?? own;
}

export async function readText(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** @throws SyntaxError when it is announced as JSON and is none */
export function parseBody(text: string, type = ''): Record<string, unknown> {
  if (text === '') return {};
  if (type.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
}

/** Sends what is to be sent, as slowly and as completely as the faults allow. */
export async function send(
  exchange: Exchange,
  status: number,
  body: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): Promise<void> {
  const { core, res, url, call } = exchange;
  if (core.faults.hit('answer-lost', url.pathname)) {
    res.socket?.destroy();
    return;
  }
  call.status = status;
  res.statusCode = status;
  res.sendDate = false;
  res.setHeader('Date', core.toldNow().toUTCString());
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  const slow = core.faults.hit('slow-body', url.pathname);
  if (slow) {
    res.flushHeaders();
    await pause(slow.ms);
  }
  res.end(body);
}

export async function sendJson(
  exchange: Exchange,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  await send(exchange, status, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
}

/** Real milliseconds: a slow answer is slow for the client, whatever the clock of the double says. Keeps no process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
