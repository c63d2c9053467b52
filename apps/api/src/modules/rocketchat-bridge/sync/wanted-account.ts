import type { RocketChatUser } from '@besedka/rocketchat';
import type { WantedAccount } from './account-changes.js';
import { choiceFor } from './account-maker.js';
import type { LinkRecord } from './link.js';
import { type Person, placesOf } from './person.js';

/** A person as their account shall be. @param rooms channel → room id */
export function wantedAccount(
  person: Person,
  link: LinkRecord,
  theirs: RocketChatUser,
  rooms: ReadonlyMap<string, string>,
): WantedAccount {
  return { person, username: wantedName(person, link, theirs), places: placesOf(person, rooms) };
}

/** Who was deleted keeps the name: it is taken from them when somebody else needs it. */
function wantedName(person: Person, link: LinkRecord, theirs: RocketChatUser): string {
  if (person.isDeleted) return theirs.username ?? person.username;
  const choice = choiceFor(link, person);
  return choice?.kind === 'rename' && choice.username !== null ? choice.username : person.username;
}
