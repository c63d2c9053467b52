import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChatIdentities, type ChatIdentity, type ChatIdentityPort } from '../../oauth-provider/chat-identities.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { LinksRepository } from './links.repository.js';
import { SyncService } from './sync.service.js';

/** Milliseconds for the look while Rocket.Chat waits for the answer of who signs in; a failure is noted in the link. */
const LOOK_MS = 8_000;

/**
 * Says under which name somebody is known in Rocket.Chat, and only when the account of that name is theirs: nobody is merged with a
 * foreign account, and everybody is in their channels when they come in (F12).
 */
@Injectable()
export class SyncedChatIdentity implements ChatIdentityPort, OnModuleInit {
  constructor(
    private readonly identities: ChatIdentities,
    private readonly connection: RocketChatConnection,
    private readonly rooms: RoomLinksRepository,
    private readonly links: LinksRepository,
    private readonly sync: SyncService,
  ) {}

  onModuleInit(): void {
    if (this.connection.isConfigured) this.identities.register(this);
  }

  async identityOf(userId: string): Promise<ChatIdentity | 'waiting' | 'conflict' | null> {
    // A server that was never set up from here is none of our business.
    if ((await this.rooms.all()).size === 0) return null;
    // One look each time: an account may have been renamed or put out of a channel there since the last one.
    await this.sync.reconcile(this.connection.client, userId, AbortSignal.timeout(LOOK_MS)).catch(() => undefined);
    return this.known(userId);
  }

  private async known(userId: string): Promise<ChatIdentity | 'waiting' | 'conflict'> {
    const { state, username, written } = await this.links.record(userId);
    if (state === 'conflict') return 'conflict';
    return state === 'ready' && username !== null ? { username, tellsEmail: written.otherEmail !== true } : 'waiting';
  }
}
