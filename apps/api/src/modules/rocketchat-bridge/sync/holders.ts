import { type CallOptions, isRocketChatError, type RocketChatClient, type RocketChatUser } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { LinkConflict, LinkRecord } from './link.js';
import { LinksRepository } from './links.repository.js';

/** A connection, and how long its calls may take. */
export interface Talk {
  readonly rocket: RocketChatClient;
  readonly options: CallOptions;
}

/** An account that has a name or an address, and whose it is: null for a foreign one. */
export interface Holder {
  readonly account: RocketChatUser;
  readonly link: LinkRecord | null;
}

/** Roles that make an account one which the portal never hands to anybody. */
const NEVER_LINKED = ['admin', 'bot', 'app'];
/** Names that are tried before it is given up to find a free one. */
const MOST_NAMES = 50;

/** Address of an account whose person has none, or whose own is taken. `.invalid` never reaches anybody (RFC 2606). */
export function placeholderAddress(userId: string): string {
  return `${userId}@besedka.invalid`;
}

/** Who has a name or an address in Rocket.Chat, and what may be done about it. */
@Injectable()
export class Holders {
  constructor(private readonly links: LinksRepository) {}

  /** Undefined: nobody has it. */
  async find({ rocket, options }: Talk, what: { username: string } | { email: string }): Promise<Holder | undefined> {
    const account = await rocket.users.find(what, options);
    return account && { account, link: await this.links.byRocketChatId(account._id) };
  }

  /**
   * Takes a name or an address from an account of ours whose person does not go by it any more (renamed, deleted): the portal gives
   * it to one living person at a time. Their own turn puts right what is left.
   */
  async moveAside(talk: Talk, { account }: Holder, link: LinkRecord, what: 'username' | 'email'): Promise<void> {
    const { rocket, options } = talk;
    if (what === 'email') {
      await rocket.users.update(account._id, { email: placeholderAddress(link.userId), verified: false }, options);
      return;
    }
    const username = await this.freeName(talk, account.username ?? link.userId);
    await rocket.users.update(account._id, { username }, options);
    const { choice } = link;
    await this.links.save(link.userId, {
      username,
      ...(choice?.kind === 'rename' && { choice: { ...choice, username } }),
    });
  }

  /** The first of `name_2`, `name_3` … that nobody has. */
  async freeName({ rocket, options }: Talk, name: string): Promise<string> {
    for (let number = 2; number < MOST_NAMES; number += 1) {
      const candidate = `${name}_${number}`;
      if ((await rocket.users.find({ username: candidate }, options)) === undefined) return candidate;
    }
    throw new Error('no free user name was found in Rocket.Chat');
  }

  /** What an admin is told about a foreign account. */
  async conflict(
    { rocket, options }: Talk,
    field: LinkConflict['field'],
    account: RocketChatUser,
  ): Promise<LinkConflict> {
    const { userId: self } = await rocket.tokens(options.signal);
    return {
      field,
      rocketChatId: account._id,
      username: account.username ?? '',
      name: account.name ?? null,
      active: account.active !== false,
      roles: account.roles ?? [],
      linkable: isLinkable(account, self),
    };
  }
}

/** Whether an account may be handed to a person: never an admin's, a bot's or the bridge's own, nor one of which the roles are not told. */
export function isLinkable(account: RocketChatUser, self: string): boolean {
  const { _id: id, roles, type } = account;
  if (id === self || id === 'rocket.cat' || !roles || (type ?? 'user') !== 'user') return false;
  return !roles.some((role) => NEVER_LINKED.includes(role));
}

/** The server gives this name to nobody (`admin`, `system` …), or says that it is taken although nobody has it. */
export function isNameRefused(error: unknown): boolean {
  return isRocketChatError(error) && (error.errorType === 'error-blocked-username' || error.kind === 'conflict');
}
