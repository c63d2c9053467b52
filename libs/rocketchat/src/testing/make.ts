import type { Core } from './core.js';
import { addMember } from './domain/membership.js';
import { postMessage } from './domain/messages.js';
import { createRoom, directRoom, roomByName } from './domain/rooms.js';
import { issueToken } from './domain/tokens.js';
import { insertUser, userByName, type NewUser } from './domain/users.js';
import type { Message, Room, User } from './state/model.js';

/** What a client needs to speak for somebody. */
export interface Credentials {
  userId: string;
  authToken: string;
}

/** Makes things as the server's own users would have made them, without requests. Names that are not there throw. */
export class Make {
  constructor(private readonly core: Core) {}

  user(username: string, more: NewUser = {}): User {
    const email = `${username}@example.org`;
    return insertUser(this.core, {
      username,
      name: username,
      email,
      verified: true,
      password: `${username}-password`,
      ...more,
    });
  }

  /** A session of this user. */
  session(username: string): Credentials {
    const user = this.find(username);
    return { userId: user._id, authToken: issueToken(this.core, user) };
  }

  channel(name: string, owner: string, members: readonly string[] = []): Room {
    return this.room('c', name, owner, members);
  }

  group(name: string, owner: string, members: readonly string[] = []): Room {
    return this.room('p', name, owner, members);
  }

  direct(...usernames: string[]): Room {
    return directRoom(
      this.core,
      usernames.map((name) => this.find(name)),
    );
  }

  member(room: string | Room, username: string): void {
    addMember(this.core, this.roomOf(room), this.find(username));
  }

  message(room: string | Room, author: string, text: string, more: { tmid?: string; ts?: Date } = {}): Message {
    return postMessage(this.core, this.roomOf(room), this.find(author), { text, ...more });
  }

  private room(t: 'c' | 'p', name: string, owner: string, members: readonly string[]): Room {
    return createRoom(this.core, this.find(owner), { t, name, members: members.map((one) => this.find(one)) });
  }

  private roomOf(room: string | Room): Room {
    const found = typeof room === 'string' ? (this.core.state.rooms.get(room) ?? roomByName(this.core, room)) : room;
    if (!found) throw new Error(`There is no room ${String(room)}.`);
    return found;
  }

  private find(username: string): User {
    const found = userByName(this.core, username);
    if (!found) throw new Error(`There is no user ${username}.`);
    return found;
  }
}
