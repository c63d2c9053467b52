import { randomBytes } from 'node:crypto';
import type { RocketChatUser } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { PROVIDER } from '../desired-state.js';
import { type Holder, Holders, isLinkable, isNameRefused, placeholderAddress, type Talk } from './holders.js';
import type { LinkChoice, LinkConflict, LinkRecord } from './link.js';
import { LinksRepository } from './links.repository.js';
import type { Person } from './person.js';

/**
 * Finds or makes the account of somebody who has none yet. An account there is only ever taken for a person's own when that is proved: by
 * the portal's id in it (a sign-in over OAuth), by a creation of ours that was cut off, or by an admin's explicit word. Anything else
 * that has the name or the address is a conflict with facts, and is left alone.
 */
@Injectable()
export class AccountMaker {
  constructor(
    private readonly links: LinksRepository,
    private readonly holders: Holders,
  ) {}

  /** @returns Rocket.Chat's id of the account; null: a conflict that waits for an admin, or their refusal @throws RocketChatError */
  async obtain(talk: Talk, person: Person, link: LinkRecord): Promise<string | null> {
    const choice = choiceFor(link, person);
    if (choice?.kind === 'refuse') return null;
    if (choice?.kind === 'link') {
      const account = await talk.rocket.users.find({ userId: choice.rocketChatId }, talk.options);
      const { userId: self } = await talk.rocket.tokens(talk.options.signal);
      if (account !== undefined && isLinkable(account, self) && (await this.adopt(person, account))) return account._id;
    }
    const renamed = choice?.kind === 'rename' ? choice : null;
    const username = renamed === null ? person.username : (renamed.username ?? (await this.alias(talk, person)));
    const named = await this.holders.find(talk, { username });
    if (named !== undefined) {
      const found = await this.taken(talk, person, link, named, 'username');
      if (found !== 'free') return found;
    }
    let email = person.email ?? placeholderAddress(person.userId);
    const addressed = person.email === null ? undefined : await this.holders.find(talk, { email: person.email });
    if (addressed !== undefined && renamed !== null && addressed.link === null)
      email = placeholderAddress(person.userId);
    else if (addressed !== undefined) {
      const found = await this.taken(talk, person, link, addressed, 'email');
      if (found !== 'free') return found;
    }
    return this.create(talk, person, username, email);
  }

  /** A free name like theirs, noted before it is used: after a crash the same one is taken up again. */
  private async alias(talk: Talk, person: Person): Promise<string> {
    const username = await this.holders.freeName(talk, person.username);
    await this.links.save(person.userId, { choice: { kind: 'rename', for: person.username, username } });
    return username;
  }

  /** Somebody has the name or the address. @returns the account when it is this person's; 'free' when it was moved aside; null: a conflict */
  private async taken(
    talk: Talk,
    person: Person,
    link: LinkRecord,
    holder: Holder,
    what: 'username' | 'email',
  ): Promise<string | 'free' | null> {
    const { account } = holder;
    if (holder.link !== null) {
      await this.holders.moveAside(talk, holder, holder.link, what);
      return 'free';
    }
    const { userId: self } = await talk.rocket.tokens(talk.options.signal);
    const isOwn = isLinkable(account, self) && isProvedOwn(account, person, link);
    if (isOwn && (await this.adopt(person, account))) return account._id;
    const conflict = await this.holders.conflict(talk, what, account);
    await this.note(person, conflict);
    return null;
  }

  private async note(person: Person, conflict: LinkConflict): Promise<void> {
    await this.links.save(person.userId, {
      state: 'conflict',
      conflict,
      creating: null,
      choice: null,
      lastError: null,
    });
  }

  /** @returns false when the account is another person's already */
  private adopt(person: Person, { _id: rocketChatId, username = null }: RocketChatUser): Promise<boolean> {
    return this.links.save(person.userId, {
      ...{ rocketChatId, username: username ?? null, state: 'waiting' },
      ...{ conflict: null, creating: null, lastError: null },
    });
  }

  private async create(talk: Talk, person: Person, username: string, email: string): Promise<string> {
    await this.links.save(person.userId, { state: 'waiting', conflict: null, creating: { username, email } });
    try {
      const account = await talk.rocket.users.create(
        {
          username,
          email,
          name: person.fullName,
          password: randomPassword(),
          // A placeholder is never verified: nothing is sent there.
          verified: email === person.email,
          joinDefaultChannels: true,
          requirePasswordChange: false,
          sendWelcomeEmail: false,
        },
        talk.options,
      );
      await this.adopt(person, account);
      return account._id;
    } catch (error) {
      // Nobody had the name or the address a moment ago: it is one that the server keeps for itself.
      if (!isNameRefused(error) || username !== person.username) throw error;
      if ((await this.holders.find(talk, { username })) !== undefined) throw error;
      if ((await this.holders.find(talk, { email })) !== undefined) throw error;
      return this.create(talk, person, await this.alias(talk, person), email);
    }
  }
}

/** What an admin decided (or a reserved name made necessary), as long as it speaks of the name that the person has now. */
export function choiceFor(
  { choice }: Pick<LinkRecord, 'choice'>,
  { username }: Pick<Person, 'username'>,
): LinkChoice | null {
  return choice?.for === username ? choice : null;
}

/**
 * An account that carries this portal's id of the person, from a sign-in by our provider; or one with exactly the name and the proved
 * address of a creation that was cut off before its answer was noted. Neither can be made by somebody else: nobody but an admin
 * verifies an address that is not theirs, and nobody knows a placeholder before it is there.
 */
function isProvedOwn(account: RocketChatUser, person: Person, { creating }: LinkRecord): boolean {
  const services = account['services'] as Record<string, { id?: unknown } | undefined> | undefined;
  if (services?.[PROVIDER]?.id === person.userId) return true;
  if (creating === null || account.username !== creating.username) return false;
  return (account.emails ?? []).some(
    ({ address, verified }) =>
      address.toLowerCase() === creating.email.toLowerCase() &&
      (verified === true || address === placeholderAddress(person.userId)),
  );
}

/** Nobody learns it and nobody uses it. Long and mixed enough for every policy of the server. */
function randomPassword(): string {
  return `Aa1!${randomBytes(24).toString('base64url')}`;
}
