import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '../../../common/ids.js';
import { AppConfig } from '../../../config/app-config.js';
import { PROVIDER } from '../desired-state.js';
import { ChatBrowser } from './chat-browser.js';
import { SignInsRepository } from './sign-ins.repository.js';

/** Days for which a sign-in there may last: `Accounts_LoginExpiration` of a server that was not asked. */
const DAYS = 90;

/** Notes who is being signed in to Rocket.Chat over OAuth: an authorize request that goes back to it with a code. */
@Injectable()
export class OAuthSignIns implements OnModuleInit {
  private readonly callback: string | null;

  constructor(
    { rocketChat }: AppConfig,
    private readonly host: HttpAdapterHost,
    private readonly browser: ChatBrowser,
    private readonly repository: SignInsRepository,
  ) {
    this.callback = rocketChat.url === null ? null : `${rocketChat.url}/_oauth/${PROVIDER}?`;
  }

  onModuleInit(): void {
    if (this.callback === null) return;
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Before the answer leaves: a code that is out must be known.
    server.addHook('onSend', async (request, reply) => this.note(request, reply));
  }

  private async note(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const location = reply.getHeader('location');
    const { principal } = request.ctx;
    if (principal === null || typeof location !== 'string' || this.callback === null) return;
    if (!location.startsWith(this.callback) || !new URL(location).searchParams.has('code')) return;
    const { userId, sessionId } = principal;
    const row = { id: newId(), sessionId, userId, rocketChatId: null, token: null, days: DAYS };
    if (!(await this.repository.hasOAuth(sessionId))) await this.repository.add(row);
    await this.browser.signedIn(request.ctx, request, reply, principal, DAYS);
  }
}
