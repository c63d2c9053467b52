import type { RocketChatSyncError } from '@besedka/contracts';
import { isRocketChatError, type RocketChatUserWithRooms } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../config/app-config.js';
import { PictureLinks } from '../../oauth-provider/picture-links.js';
import type { AccountChange } from './account-changes.js';
import { Holders, isNameRefused, type Talk } from './holders.js';
import type { LinkError, LinkRecord } from './link.js';
import { LinksRepository } from './links.repository.js';
import type { Person, Place } from './person.js';

/** An account on its way to be like its person. `left`: what was left out of it, and why. */
export interface Writing {
  readonly talk: Talk;
  readonly person: Person;
  readonly theirs: RocketChatUserWithRooms;
  /** Their name there, as it is now. */
  username: string | null;
  link: LinkRecord;
  /** Their address belongs to a foreign account. */
  otherEmail: boolean;
  left: LinkError | null;
}

/** Codes by which the server keeps a room from losing its last owner. */
const LAST_OWNER = ['error-you-are-last-owner', 'error-remove-last-owner', 'error-cant-remove-last-owner'];

/** Writes differences, one call each; harmless to repeat, so a run that is cut off is simply done again. */
@Injectable()
export class AccountWriter {
  private readonly pictures: PictureLinks;

  constructor(
    private readonly links: LinksRepository,
    private readonly holders: Holders,
    { auth, http, rocketChat }: AppConfig,
  ) {
    // Rocket.Chat's server fetches them without a session of ours, from where it reaches the portal.
    this.pictures = new PictureLinks(auth.secret, rocketChat.portalUrl ?? http.publicUrl);
  }

  /** @throws RocketChatError */
  async write(writing: Writing, change: AccountChange): Promise<void> {
    const { talk, theirs, person } = writing;
    const { users } = talk.rocket;
    const compared = { ...talk.options, compared: true };
    switch (change.kind) {
      case 'end-sessions':
        return users.logout(theirs._id, talk.options);
      case 'active':
        // Rooms that were theirs alone get another owner, or an account that must go could stay.
        await users.setActiveStatus(theirs._id, change.to, { ...compared, confirmRelinquish: true });
        return;
      case 'name':
        await users.update(theirs._id, { name: change.to }, talk.options);
        return;
      case 'username':
        return this.username(writing, change.to);
      case 'email':
        return this.email(writing, change.to);
      case 'avatar':
        return this.avatar(writing, change.to);
      case 'join':
        await this.family(talk, change.place).invite({ roomId: change.place.roomId, userId: theirs._id }, compared);
        return;
      case 'leave':
        return this.thoughLastOwner(talk, change.place, async () => {
          await this.family(talk, change.place).kick({ roomId: change.place.roomId, userId: theirs._id }, compared);
        });
      case 'mark': {
        const member = { roomId: change.place.roomId, userId: theirs._id };
        const family = this.family(talk, change.place);
        await (change.mark === 'owner' ? family.addOwner(member, compared) : family.addModerator(member, compared));
        return;
      }
      case 'unmark':
        return this.thoughLastOwner(talk, change.place, async () => {
          const member = { roomId: change.place.roomId, userId: theirs._id };
          const family = this.family(talk, change.place);
          await (change.mark === 'owner'
            ? family.removeOwner(member, compared)
            : family.removeModerator(member, compared));
        });
      default:
        throw new Error(`nothing is known of ${JSON.stringify(change satisfies never)} for ${person.userId}`);
    }
  }

  /** A name of a foreign account is left alone: theirs stays what it was, and the page tells so. */
  private async username(writing: Writing, username: string): Promise<void> {
    const { talk, theirs, person } = writing;
    const holder = await this.holders.find(talk, { username });
    if (holder !== undefined && holder.account._id !== theirs._id) {
      if (holder.link === null) return leave(writing, 'username_taken', username);
      await this.holders.moveAside(talk, holder, holder.link, 'username');
    }
    let given = username;
    try {
      await talk.rocket.users.update(theirs._id, { username }, talk.options);
    } catch (error) {
      if (!isNameRefused(error)) throw error;
      given = await this.holders.freeName(talk, username);
      await this.links.save(person.userId, { choice: { kind: 'rename', for: person.username, username: given } });
      await talk.rocket.users.update(theirs._id, { username: given }, talk.options);
    }
    writing.username = given;
  }

  private async email(writing: Writing, email: string): Promise<void> {
    const { talk, theirs } = writing;
    const holder = await this.holders.find(talk, { email });
    if (holder !== undefined && holder.account._id !== theirs._id) {
      if (holder.link === null) {
        writing.otherEmail = true;
        return leave(writing, 'email_taken', holder.account.username ?? holder.account._id);
      }
      await this.holders.moveAside(talk, holder, holder.link, 'email');
    }
    await talk.rocket.users.update(theirs._id, { email, verified: true }, talk.options);
  }

  /** A server that may not fetch from ours (internal address, no route) is not asked again for the same picture. */
  private async avatar(writing: Writing, version: number): Promise<void> {
    const { talk, theirs, person, link } = writing;
    const url = this.pictures.of(person.userId, version);
    try {
      if (url === null) await talk.rocket.users.resetAvatar(theirs._id, talk.options);
      else await talk.rocket.users.setAvatar(theirs._id, url, talk.options);
    } catch (error) {
      if (!isRocketChatError(error, 'invalid', 'refused', 'forbidden', 'not-found', 'conflict')) throw error;
      leave(writing, 'avatar_refused', error.message);
    }
    const written = { ...link.written, avatar: version };
    await this.links.save(person.userId, { written });
    writing.link = { ...link, written };
  }

  /** The bridge becomes an owner itself where somebody may go only after that. */
  private async thoughLastOwner(talk: Talk, place: Place, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!isRocketChatError(error) || !LAST_OWNER.includes(error.errorType ?? '')) throw error;
      const { userId } = await talk.rocket.tokens(talk.options.signal);
      const family = this.family(talk, place);
      await family.invite({ roomId: place.roomId, userId }, talk.options);
      await family.addOwner({ roomId: place.roomId, userId }, talk.options);
      await write();
    }
  }

  private family({ rocket }: Talk, { type }: Place) {
    return type === 'p' ? rocket.groups : rocket.channels;
  }
}

function leave(writing: Writing, code: RocketChatSyncError, text: string): void {
  writing.left ??= { code, text };
}
