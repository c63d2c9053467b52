import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../../../config/auth.config.js';

/** Sessions that one mark names at most: the present one and earlier ones whose end is not confirmed. */
const SESSIONS_MAX = 5;
const SESSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A cookie that outlives signing out: through which sessions of ours this browser was signed in to Rocket.Chat. What that server keeps in
 * the browser outlives signing out as well, so the mark tells whom the next person might meet in the frame. It opens nothing: a made-up
 * one only makes its own browser wait for nothing.
 */
export class BrowserMark {
  constructor(private readonly auth: AuthConfig) {}

  /** Session ids, the latest first. */
  read(request: Pick<FastifyRequest, 'cookies'>): string[] {
    const text = request.cookies[this.name] ?? '';
    return text
      .split('.')
      .filter((id) => SESSION.test(id))
      .slice(0, SESSIONS_MAX);
  }

  /** @param earlier sessions of other people that are not over there yet */
  write(reply: FastifyReply, sessionId: string, earlier: readonly string[], days: number): void {
    const ids = [sessionId, ...earlier].slice(0, SESSIONS_MAX);
    const { secure } = this.auth.cookies;
    reply.setCookie(this.name, ids.join('.'), {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
      maxAge: days * 86_400,
    });
  }

  private get name(): string {
    return this.auth.cookies.secure ? '__Host-besedka_chat' : 'besedka_chat';
  }
}
