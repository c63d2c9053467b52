import { z } from 'zod';
import { isRocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { removedSchema, roomSchema, type RocketChatRoom } from '../schemas/room.js';

/** Kinds of rooms that `adminRooms` can be asked for. */
export type AdminRoomType = 'c' | 'p' | 'd' | 'l' | 'discussions' | 'teams';

const ROUTES = {
  get: route({
    method: 'GET',
    path: 'rooms.get',
    safety: 'repeat',
    request: z.object({ updatedSince: z.string().optional() }),
    answer: z.looseObject({ update: z.array(roomSchema), remove: z.array(removedSchema) }),
  }),
  info: route({
    method: 'GET',
    path: 'rooms.info',
    safety: 'repeat',
    request: z.union([z.object({ roomId: idSchema }), z.object({ roomName: z.string().min(1) })]),
    answer: z.looseObject({ room: roomSchema.nullish() }),
  }),
  admin: route({
    method: 'GET',
    path: 'rooms.adminRooms',
    safety: 'repeat',
    request: z.object({
      filter: z.string().optional(),
      types: z.array(z.enum(['c', 'p', 'd', 'l', 'discussions', 'teams'])).optional(),
      ...pageRequestShape,
    }),
    answer: z.looseObject({ rooms: z.array(roomSchema), ...pageInfoShape }),
  }),
  nameExists: route({
    method: 'GET',
    path: 'rooms.nameExists',
    safety: 'repeat',
    request: z.object({ roomName: z.string().min(1) }),
    answer: z.looseObject({ exists: z.boolean() }),
  }),
  save: route({
    method: 'POST',
    path: 'rooms.saveRoomSettings',
    safety: 'repeat',
    request: z.object({
      rid: idSchema,
      roomName: z.string().optional(),
      roomTopic: z.string().optional(),
      roomAnnouncement: z.string().optional(),
      roomDescription: z.string().optional(),
      roomType: z.enum(['c', 'p']).optional(),
      readOnly: z.boolean().optional(),
      default: z.boolean().optional(),
    }),
    answer: doneSchema,
  }),
};

export type RoomSettings = Omit<z.input<typeof ROUTES.save.request>, 'rid'>;

/** Rooms of every kind. */
export class RoomsApi {
  constructor(private readonly caller: Caller) {}

  /** The rooms of this client's account that changed since (ISO 8601); without a moment: all. `remove` tells those it has left. */
  get(updatedSince?: string, options?: CallOptions) {
    return this.caller.call(ROUTES.get, { updatedSince }, options);
  }

  /** A room of any kind, by id or name; undefined when it is not there, or not visible to this client's account. */
  async find(
    room: { roomId: string } | { roomName: string },
    options?: CallOptions,
  ): Promise<RocketChatRoom | undefined> {
    try {
      return (await this.caller.call(ROUTES.info, room, options)).room ?? undefined;
    } catch (error) {
      if (isRocketChatError(error, 'not-found')) return undefined;
      // 7.x says `error-not-allowed` where the caller may not look.
      if (isRocketChatError(error, 'forbidden') && error.errorType === 'error-not-allowed') return undefined;
      throw error;
    }
  }

  /**
   * All rooms, private ones included, page by page (permission `view-room-administration`).
   *
   * @param options `filter`: part of a name
   */
  adminRooms({ filter, types, ...options }: CallOptions & { filter?: string; types?: AdminRoomType[] } = {}) {
    return walkPages(
      (page) => this.caller.call(ROUTES.admin, { filter, types, ...page }, options),
      ({ rooms }) => rooms,
    );
  }

  /** Whether a name is taken, also by a private group that nobody here can see. */
  async nameExists(roomName: string, options?: CallOptions): Promise<boolean> {
    return (await this.caller.call(ROUTES.nameExists, { roomName }, options)).exists;
  }

  /** Writes several members of a room at once, without comparing. */
  async saveSettings(rid: string, settings: RoomSettings, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.save, { rid, ...settings }, options);
  }
}
