import { BUILT_IN_CHANNELS, type Group } from '@besedka/contracts';

/** A person of ours as far as Rocket.Chat is concerned, as of one moment. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly fullName: string;
  readonly email: string | null;
  /** 0: no picture. */
  readonly avatarVersion: number;
  /** May sign in: not invited, disabled or deleted. */
  readonly isActive: boolean;
  readonly isDeleted: boolean;
  readonly groups: readonly Group[];
  /** Is the portal's owner. */
  readonly isOwner: boolean;
  /** May moderate chats. */
  readonly moderates: boolean;
}

/** Marks in a room that the portal gives and takes; `leader` and whatever else there is belongs to people. */
export const MARKS = ['owner', 'moderator'] as const;
export type Mark = (typeof MARKS)[number];

/** A room that is a channel of ours, and what somebody is in it. */
export interface Place {
  readonly channel: string;
  readonly roomId: string;
  /** Public or private: they have different routes. */
  readonly type: 'c' | 'p';
  readonly isMember: boolean;
  readonly mark: Mark | null;
}

/**
 * What this person is in each room of ours. Channels open by groups as in the built-in engine; who cannot sign in is in none.
 * @param rooms channel → room id; channels without a room are left out
 */
export function placesOf(
  person: Pick<Person, 'isActive' | 'groups' | 'isOwner' | 'moderates'>,
  rooms: ReadonlyMap<string, string>,
): Place[] {
  return BUILT_IN_CHANNELS.flatMap(({ key, group }): Place[] => {
    const roomId = rooms.get(key);
    if (roomId === undefined) return [];
    const isMember = person.isActive && (group === 'user' || person.groups.includes(group));
    const mark = !isMember ? null : person.isOwner ? 'owner' : person.moderates ? 'moderator' : null;
    return [{ channel: key, roomId, type: group === 'user' ? 'c' : 'p', isMember, mark }];
  });
}
