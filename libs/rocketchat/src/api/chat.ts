import { z } from 'zod';
import type { CallOptions, Caller } from '../http/caller.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema } from '../schemas/common.js';
import { messageSchema, type RocketChatMessage } from '../schemas/room.js';

const answer = z.looseObject({ message: messageSchema });

const ROUTES = {
  post: route({
    method: 'POST',
    path: 'chat.postMessage',
    safety: 'once',
    request: z.object({
      roomId: idSchema,
      text: z.string(),
      tmid: idSchema.optional(),
      alias: z.string().optional(),
      emoji: z.string().optional(),
      avatar: z.string().optional(),
    }),
    answer,
  }),
  send: route({
    method: 'POST',
    path: 'chat.sendMessage',
    safety: 'once',
    request: z.object({
      message: z.object({ _id: idSchema.optional(), rid: idSchema, msg: z.string(), tmid: idSchema.optional() }),
    }),
    answer,
  }),
  get: route({
    method: 'GET',
    path: 'chat.getMessage',
    safety: 'repeat',
    request: z.object({ msgId: idSchema }),
    answer,
  }),
  delete: route({
    method: 'POST',
    path: 'chat.delete',
    safety: 'repeat',
    request: z.object({ roomId: idSchema, msgId: idSchema, asUser: z.boolean().optional() }),
    answer: doneSchema,
  }),
};

/** Messages of this client's account, for welcome texts and for proofs; people write in Rocket.Chat itself. */
export class ChatApi {
  constructor(private readonly caller: Caller) {}

  /** Writes a message as the server formats one (attachments, alias). Is never sent twice. */
  async postMessage(message: z.input<typeof ROUTES.post.request>, options?: CallOptions): Promise<RocketChatMessage> {
    return (await this.caller.call(ROUTES.post, message, options)).message;
  }

  /** Writes a plain message; with an `_id` of one's own it can be looked for after a failure. Is never sent twice. */
  async sendMessage(
    message: z.input<typeof ROUTES.send.request>['message'],
    options?: CallOptions,
  ): Promise<RocketChatMessage> {
    return (await this.caller.call(ROUTES.send, { message }, options)).message;
  }

  /** @throws {RocketChatError} `not-found`, or `refused` where the server gives no reason */
  async getMessage(msgId: string, options?: CallOptions): Promise<RocketChatMessage> {
    return (await this.caller.call(ROUTES.get, { msgId }, options)).message;
  }

  /** @param message `asUser`: in the name of its author */
  async delete(message: { roomId: string; msgId: string; asUser?: boolean }, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.delete, message, options);
  }
}
