import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import { route } from '../http/route.js';
import { roomSchema, type RocketChatRoom } from '../schemas/room.js';

const create = route({
  method: 'POST',
  path: 'im.create',
  // The same people give the same room.
  safety: 'repeat',
  request: z.union([
    z.object({ username: z.string().min(1) }),
    z.object({ usernames: z.string().min(1), excludeSelf: z.boolean().optional() }),
  ]),
  // Some versions give `rid` instead of `_id`, or leave `t` out.
  answer: z.looseObject({
    room: z
      .looseObject({ _id: z.string().optional(), rid: z.string().optional(), t: z.string().optional() })
      .transform((room) => ({ ...room, _id: room._id ?? room.rid, t: room.t ?? 'd' }))
      .pipe(roomSchema),
  }),
});

/** Direct conversations. */
export class ImApi {
  constructor(private readonly caller: Caller) {}

  /**
   * The conversation with one person, made when there is none.
   *
   * @throws {RocketChatError} `not-found` (`error-invalid-user`), `forbidden` without `create-d`
   */
  async create(username: string, options?: CallOptions): Promise<RocketChatRoom> {
    return (await this.caller.call(create, { username }, options)).room;
  }

  /**
   * The conversation of several people, made when there is none.
   *
   * @param options `excludeSelf`: without this client's account
   */
  async createMany(
    usernames: readonly string[],
    { excludeSelf, ...options }: CallOptions & { excludeSelf?: boolean } = {},
  ): Promise<RocketChatRoom> {
    return (await this.caller.call(create, { usernames: usernames.join(','), excludeSelf }, options)).room;
  }
}
