import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema } from '../schemas/common.js';
import { removedSchema, subscriptionSchema, type RocketChatSubscription } from '../schemas/room.js';

const ROUTES = {
  get: route({
    method: 'GET',
    path: 'subscriptions.get',
    safety: 'repeat',
    request: z.object({ updatedSince: z.string().optional() }),
    answer: z.looseObject({ update: z.array(subscriptionSchema), remove: z.array(removedSchema) }),
  }),
  getOne: route({
    method: 'GET',
    path: 'subscriptions.getOne',
    safety: 'repeat',
    request: z.object({ roomId: idSchema }),
    answer: z.looseObject({ subscription: subscriptionSchema.nullish() }),
  }),
  read: route({
    method: 'POST',
    path: 'subscriptions.read',
    safety: 'repeat',
    request: z.object({ rid: idSchema, readThreads: z.boolean().optional() }),
    answer: doneSchema,
  }),
  unread: route({
    method: 'POST',
    path: 'subscriptions.unread',
    safety: 'repeat',
    request: z.object({ roomId: idSchema }),
    answer: doneSchema,
  }),
};

/** Memberships and unread numbers **of this client's own account**; those of others are in `users.infoWithRooms`. */
export class SubscriptionsApi {
  constructor(private readonly caller: Caller) {}

  /** What changed since (ISO 8601); without a moment: all. */
  get(updatedSince?: string, options?: CallOptions) {
    return this.caller.call(ROUTES.get, { updatedSince }, options);
  }

  /** Undefined for somebody who is no member. */
  async getOne(roomId: string, options?: CallOptions): Promise<RocketChatSubscription | undefined> {
    return (await this.caller.call(ROUTES.getOne, { roomId }, options)).subscription ?? undefined;
  }

  /**
   * Everything in the room is read.
   *
   * @throws {RocketChatError} `not-found` (`error-invalid-subscription`, 8.x) for an unknown room
   */
  async read(rid: string, { readThreads, ...options }: CallOptions & { readThreads?: boolean } = {}): Promise<void> {
    await this.caller.call(ROUTES.read, { rid, readThreads }, options);
  }

  /** The last message of somebody else counts as unread again. */
  async unread(roomId: string, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.unread, { roomId }, options);
  }
}
