import type { Core } from '../core.js';
import type { User } from '../state/model.js';
import { addMember } from './membership.js';

/** A new account joins every channel that is a default one at this moment; later ones are not made up for. */
export function joinDefaultChannels(core: Core, user: User): void {
  for (const room of core.state.rooms.values()) {
    if (room.default && room.t !== 'd' && !room.archived) addMember(core, room, user);
  }
}
