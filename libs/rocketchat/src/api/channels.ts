import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import type { Change } from '../http/ensure.js';
import { walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { roomSchema } from '../schemas/room.js';
import { RoomFamilyApi, type MemberOptions } from './room-family.js';

const list = route({
  method: 'GET',
  path: 'channels.list',
  safety: 'repeat',
  request: z.object(pageRequestShape),
  answer: z.looseObject({ channels: z.array(roomSchema), ...pageInfoShape }),
});

const setDefault = route({
  method: 'POST',
  path: 'channels.setDefault',
  safety: 'repeat',
  request: z.object({ roomId: idSchema, default: z.boolean() }),
  answer: doneSchema,
});

const join = route({
  method: 'POST',
  path: 'channels.join',
  safety: 'repeat',
  request: z.object({ roomId: idSchema }),
  answer: doneSchema,
});

/** Public channels. */
export class ChannelsApi extends RoomFamilyApi {
  constructor(caller: Caller) {
    super(caller, 'channels');
  }

  /** Every public channel, page by page. */
  list(options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(list, page, options),
      ({ channels }) => channels,
    );
  }

  /** Whether users created **from now on** become members; who is there already does not. */
  setDefault(roomId: string, isDefault: boolean, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(setDefault, { roomId, default: isDefault }, options);
    return this.room(roomId, { default: isDefault }, options, write);
  }

  /** This client's own account becomes a member. */
  async join(roomId: string, options?: CallOptions): Promise<void> {
    await this.caller.call(join, { roomId }, options);
  }
}
