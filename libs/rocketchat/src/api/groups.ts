import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import { walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { roomSchema } from '../schemas/room.js';
import { RoomFamilyApi } from './room-family.js';

const list = route({
  method: 'GET',
  path: 'groups.list',
  safety: 'repeat',
  request: z.object(pageRequestShape),
  answer: z.looseObject({ groups: z.array(roomSchema), ...pageInfoShape }),
});

/** Private groups. `invite` into one that somebody else has made needs `add-user-to-any-p-room`, which no role holds by default. */
export class GroupsApi extends RoomFamilyApi {
  constructor(caller: Caller) {
    super(caller, 'groups');
  }

  /** The groups of which this client's account is a member, page by page; `rooms.adminRooms` gives all. */
  list(options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(list, page, options),
      ({ groups }) => groups,
    );
  }
}
