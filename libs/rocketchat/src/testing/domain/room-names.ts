import type { Core } from '../core.js';
import { refusal } from '../http/errors.js';
import type { Room } from '../state/model.js';

/** Russian letters in the order of the alphabet, and what becomes of each. */
const LETTERS = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const LATIN = 'a b v g d e yo zh z i y k l m n o p r s t u f h c ch sh sh  y  e yu ya'.split(' ');
const CYRILLIC = new Map([...LETTERS].map((letter, index) => [letter, LATIN[index] ?? '']));

/** The address part made of a title with special characters. */
export function slug(title: string): string {
  return [...title.toLowerCase()]
    .map((letter) => CYRILLIC.get(letter) ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/[^a-z0-9\s._-]/g, '')
    .trim()
    .replace(/\s+/g, '-');
}

/**
 * The stored name for a wanted one, and the title beside it.
 *
 * @param own the room that is renamed
 * @throws RcError `error-invalid-room-name`, `error-duplicate-channel-name`, `error-archived-duplicate-name`
 */
export function roomName(core: Core, wanted: string, own?: Room): { name: string; fname: string } {
  const special = core.settings.bool('UI_Allow_room_names_with_special_chars');
  const valid = new RegExp(`^(?:${core.settings.text('UTF8_Channel_Names_Validation')})$`);
  if (special) {
    const base = slug(wanted);
    if (!base) throw invalid(wanted);
    const sameTitle = [...core.state.rooms.values()].find(
      (room) => room !== own && room.fname === wanted && room.t !== 'd',
    );
    if (sameTitle) throw duplicate(sameTitle, wanted);
    return { name: freeName(core, base, own), fname: wanted };
  }
  if (!valid.test(wanted)) throw invalid(wanted);
  const reserved = core.settings.list('Accounts_SystemBlockedUsernameList');
  if (reserved.includes(wanted.toLowerCase())) throw invalid(wanted);
  const other = byName(core, wanted);
  if (other && other !== own) throw duplicate(other, wanted);
  return { name: wanted, fname: wanted };
}

/** A different title with the same address silently gets a number. */
function freeName(core: Core, base: string, own?: Room): string {
  for (let index = 0; ; index += 1) {
    const name = index === 0 ? base : `${base}-${index}`;
    const other = byName(core, name);
    if (!other || other === own) return name;
  }
}

function byName({ state }: Core, name: string): Room | undefined {
  return [...state.rooms.values()].find((room) => room.t !== 'd' && room.name === name);
}

function invalid(name: string) {
  return refusal('error-invalid-room-name', `${name} is not a valid room name.`, {
    method: 'getValidRoomName',
    channel_name: name,
  });
}

function duplicate(room: Room, name: string) {
  return room.archived
    ? refusal('error-archived-duplicate-name', `There's an archived channel with name '${name}'`)
    : refusal('error-duplicate-channel-name', `A channel with name '${name}' exists`, {
        method: 'getValidRoomName',
        channel_name: name,
      });
}
