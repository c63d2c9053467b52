import type { Core } from '../core.js';
import { refusal } from '../http/errors.js';
import type { Room, User } from '../state/model.js';
import { dropMembership, ownersOf } from './membership.js';
import { activeAdmins } from './permissions.js';
import { deleteRoom } from './rooms.js';
import { endAllTokens } from './tokens.js';

/**
 * Switches an account on or off. Off ends all its sessions.
 *
 * @param relinquish rooms that it owns alone may lose their owner
 * @throws RcError `user-last-owner` with the rooms, `error-action-not-allowed` for the last admin
 */
export function setActive(core: Core, user: User, active: boolean, relinquish: boolean): void {
  if (user.active === active) return;
  if (!active) {
    checkLastAdmin(core, user);
    giveUpRooms(core, user, relinquish);
    user.active = false;
    user.status = 'offline';
    endAllTokens(core, user);
  }
  user.active = active;
  user._updatedAt = core.clock.date();
  setDirectRoomsReadOnly(core, user, !active);
  core.touch();
}

/**
 * Removes an account with its memberships; its messages too when `Message_ErasureType` says so.
 *
 * @throws RcError as `setActive`; `error-not-allowed` for the built-in bot
 */
export function removeUser(core: Core, user: User, relinquish: boolean): { deletedRooms: string[] } {
  if (user._id === 'rocket.cat') throw refusal('error-not-allowed', 'Not allowed');
  checkLastAdmin(core, user);
  const deletedRooms = giveUpRooms(core, user, relinquish, true);
  for (const subscription of [...core.state.subscriptions.values()]) {
    const room = core.state.rooms.get(subscription.rid);
    if (subscription.u._id === user._id && room) dropMembership(core, room, subscription);
  }
  if (core.settings.text('Message_ErasureType') === 'Delete') {
    core.state.messages = core.state.messages.filter(({ u }) => u._id !== user._id);
  }
  endAllTokens(core, user);
  core.state.users.delete(user._id);
  core.touch();
  return { deletedRooms };
}

/** Replaces all roles of an account. @throws RcError `error-action-not-allowed` for the last admin */
export function addRoles(core: Core, user: User, roles: readonly string[]): void {
  for (const role of roles) {
    if (!core.state.roles.has(role)) throw refusal('error-role-not-found', `The role ${role} does not exist`);
  }
  if (!roles.includes('admin')) checkLastAdmin(core, user);
  user.roles = [...roles];
}

function checkLastAdmin(core: Core, user: User): void {
  const admins = activeAdmins(core);
  if (admins.length === 1 && admins[0] === user) {
    throw refusal('error-action-not-allowed', 'Leaving the app without an active admin is not allowed', {
      method: 'setUserActiveStatus',
      action: 'Remove_last_admin',
    });
  }
}

/** Rooms owned by nobody else pass to a member, or go when nobody else is there. */
function giveUpRooms(core: Core, user: User, relinquish: boolean, deleting = false): string[] {
  const owned = [...core.state.rooms.values()].filter((room) => {
    const owners = room.t === 'd' ? [] : ownersOf(core, room._id);
    return owners.length === 1 && owners[0]?.u._id === user._id;
  });
  if (owned.length === 0) return [];
  const alone = (room: Room) => room.usersCount <= 1;
  if (!relinquish) {
    throw refusal('user-last-owner', 'To deactivate this user is required to relinquish rooms', {
      shouldBeRemoved: owned.filter(alone).map(({ name }) => name),
      shouldChangeOwner: owned.filter((room) => !alone(room)).map(({ name }) => name),
    });
  }
  const deleted: string[] = [];
  for (const room of owned) {
    if (alone(room)) {
      if (!deleting) continue;
      deleted.push(room._id);
      deleteRoom(core, room);
      continue;
    }
    const heir = [...core.state.subscriptions.values()].find(({ rid, u }) => rid === room._id && u._id !== user._id);
    if (heir) heir.roles = [...(heir.roles ?? []), 'owner'];
    const own = core.state.subscriptions.get(`${room._id}/${user._id}`);
    if (own) own.roles = (own.roles ?? []).filter((role) => role !== 'owner');
  }
  return deleted;
}

function setDirectRoomsReadOnly(core: Core, user: User, ro: boolean): void {
  for (const room of core.state.rooms.values()) {
    if (room.t === 'd' && room.uids?.length === 2 && room.uids.includes(user._id)) room.ro = ro;
  }
}
