import { isRocketChatError, type RocketChatClient } from '@besedka/rocketchat';
import type { ActualRoom } from './actual-state.js';

/** Somebody who is in a room. */
export interface RoomMemberThere {
  readonly id: string;
  readonly username: string;
  /** Marks in this room: `owner`, `moderator`, `leader`. */
  readonly roles: string[];
}

/**
 * Everybody in a room by user name, with two calls and one more for each hundred; nobody of a private group that the bridge is not in,
 * because its members are hidden from it (contract 7).
 * @throws RocketChatError
 */
export async function membersOf(
  rocket: RocketChatClient,
  room: Pick<ActualRoom, 'id' | 'type'>,
): Promise<Map<string, RoomMemberThere>> {
  const family = room.type === 'p' ? rocket.groups : rocket.channels;
  const members = new Map<string, RoomMemberThere>();
  try {
    const marks = new Map((await family.roles(room.id)).map(({ u, roles }) => [u._id, roles]));
    for await (const { _id: id, username } of family.members(room.id)) {
      if (username) members.set(username, { id, username, roles: [...(marks.get(id) ?? [])].sort() });
    }
  } catch (error) {
    if (!isRocketChatError(error, 'not-found')) throw error;
  }
  return members;
}
