import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal, RequestContext } from '../../../common/context/request-context.js';
import { AppConfig } from '../../../config/app-config.js';
import { BrowserMark } from './browser-mark.js';
import { SignInsRepository } from './sign-ins.repository.js';
import { SignOuts } from './sign-outs.service.js';

/** How long one question waits for Rocket.Chat to confirm that somebody's sign-in is over. */
const WAIT_MS = 1_000;

/**
 * Who was signed in to Rocket.Chat in this browser. That server keeps its sign-in in the browser, beyond our reach; so as long as the
 * sign-in of somebody else is not confirmed to be over, the next person must not see the frame.
 */
@Injectable()
export class ChatBrowser {
  private readonly mark: BrowserMark;

  constructor(
    config: AppConfig,
    private readonly repository: SignInsRepository,
    private readonly signOuts: SignOuts,
  ) {
    this.mark = new BrowserMark(config.auth);
  }

  /** Whether nothing of anybody else can be in the frame. Tries to end what is there, but not for long. */
  async isClean(ctx: RequestContext, request: Pick<FastifyRequest, 'cookies'>, userId: string): Promise<boolean> {
    const sessions = this.mark.read(request);
    const others = await this.repository.ofOthers(sessions, userId);
    if (others.size === 0) return true;
    await this.signOuts.endFor(ctx, others);
    const trying = Promise.allSettled([...new Set(others.values())].map((other) => this.signOuts.carryOut(other)));
    await Promise.race([trying, pause(WAIT_MS)]);
    return (await this.repository.ofOthers(sessions, userId)).size === 0;
  }

  /** The browser is being signed in there. Whoever was before stays noted until their sign-in is over. */
  async signedIn(
    ctx: RequestContext,
    request: Pick<FastifyRequest, 'cookies'>,
    reply: FastifyReply,
    { userId, sessionId }: Principal,
    days: number,
  ): Promise<void> {
    const others = await this.repository.ofOthers(this.mark.read(request), userId);
    if (others.size > 0) await this.signOuts.endFor(ctx, others);
    this.mark.write(reply, sessionId, [...others.keys()], days);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
