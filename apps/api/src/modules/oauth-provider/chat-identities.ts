import { Injectable } from '@nestjs/common';

/** How a chat server that keeps accounts of its own knows a person. */
export interface ChatIdentity {
  /** Their user name there. */
  readonly username: string;
  /** False when their address belongs to somebody else there. */
  readonly tellsEmail: boolean;
}

/**
 * Port: asked before a chat server is told who somebody is. Such a server merges accounts by user name, so whoever is named like a foreign
 * account there would become it. The bridge implements it.
 */
export interface ChatIdentityPort {
  /** `waiting`: there is no account yet and none could be made now; `conflict`: theirs is a foreign one; null: everybody goes by their own name. */
  identityOf(userId: string): Promise<ChatIdentity | 'waiting' | 'conflict' | null>;
}

/** Who answers it; without one everybody goes by their own name. */
@Injectable()
export class ChatIdentities implements ChatIdentityPort {
  private port: ChatIdentityPort | null = null;

  /** Call in `onModuleInit`. */
  register(port: ChatIdentityPort): void {
    this.port = port;
  }

  identityOf(userId: string): Promise<ChatIdentity | 'waiting' | 'conflict' | null> {
    return this.port?.identityOf(userId) ?? Promise.resolve(null);
  }
}
