import type { RocketChatUserWithRooms } from '@besedka/rocketchat';
import type { LinkWritten } from './link.js';
import { type Mark, MARKS, type Person, type Place } from './person.js';

/** One write that makes an account more like its person. */
export type AccountChange =
  | { readonly kind: 'end-sessions' }
  | { readonly kind: 'active'; readonly to: boolean }
  | { readonly kind: 'username' | 'name' | 'email'; readonly to: string }
  | { readonly kind: 'join' | 'leave'; readonly place: Place }
  | { readonly kind: 'mark' | 'unmark'; readonly place: Place; readonly mark: Mark }
  | { readonly kind: 'avatar'; readonly to: number };

/** A person as their account shall be. */
export interface WantedAccount {
  readonly person: Person;
  /** Their name there. */
  readonly username: string;
  readonly places: readonly Place[];
}

/**
 * What differs, in the order in which it is written: rights go before rights come, and what hangs on others' answers (the picture)
 * is last. Nothing else is ever written: other rooms, other marks and other roles belong to the people there.
 */
export function accountChanges(
  theirs: RocketChatUserWithRooms,
  { person, username, places }: WantedAccount,
  written: LinkWritten,
): AccountChange[] {
  const away = placeChanges(theirs, places);
  const shutOut: AccountChange[] =
    // Sessions first: an account that may not be switched off, as a last admin's, is at least thrown out.
    theirs.active === false ? [] : [{ kind: 'end-sessions' }, { kind: 'active', to: false }];
  if (!person.isActive) return [...shutOut, ...away.lost];
  return [
    ...away.lost,
    ...(theirs.active === false ? [{ kind: 'active', to: true } as const] : []),
    ...profileChanges(theirs, person, username),
    ...away.gained,
    ...pictureChanges(person, written),
  ];
}

function profileChanges(theirs: RocketChatUserWithRooms, person: Person, username: string): AccountChange[] {
  const address = theirs.emails?.[0]?.address.toLowerCase();
  return [
    ...(theirs.username === username ? [] : [{ kind: 'username', to: username } as const]),
    ...(theirs.name === person.fullName ? [] : [{ kind: 'name', to: person.fullName } as const]),
    // Who has none here keeps what is there: an account needs one.
    ...(person.email === null || address === person.email.toLowerCase()
      ? []
      : [{ kind: 'email', to: person.email } as const]),
  ];
}

function pictureChanges(person: Person, written: LinkWritten): AccountChange[] {
  const last = written.avatar ?? 0;
  return last === person.avatarVersion ? [] : [{ kind: 'avatar', to: person.avatarVersion }];
}

function placeChanges(
  theirs: RocketChatUserWithRooms,
  places: readonly Place[],
): { lost: AccountChange[]; gained: AccountChange[] } {
  const rooms = new Map(theirs.rooms?.map(({ rid, roles }) => [rid, roles]));
  const lost: AccountChange[] = [];
  const gained: AccountChange[] = [];
  for (const place of places) {
    const marks = rooms.get(place.roomId);
    if (!place.isMember) {
      if (marks !== undefined) lost.push({ kind: 'leave', place });
      continue;
    }
    if (marks === undefined) gained.push({ kind: 'join', place });
    if (place.mark !== null && !marks?.includes(place.mark)) gained.push({ kind: 'mark', place, mark: place.mark });
    for (const mark of MARKS) {
      if (mark !== place.mark && marks?.includes(mark)) lost.push({ kind: 'unmark', place, mark });
    }
  }
  return { lost, gained };
}
