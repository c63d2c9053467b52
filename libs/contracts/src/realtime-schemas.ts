import { z } from 'zod';
import { messageBody } from './chats.js';
import { PRESENCE_WATCH_MAX, SYNC_CHATS_MAX } from './limits.js';
import type { ClientToServerEvents } from './realtime.js';

/** What the server parses each client event with. Anything else is refused with `validation_failed`. */
export const clientEventSchemas = {
  'chat:open': z.strictObject({ chatId: z.uuid().nullable() }),
  'message:send': z.strictObject({
    chatId: z.uuid(),
    clientId: z.uuid(),
    body: messageBody,
    replyTo: z.int().min(1).nullable().default(null),
  }),
  'message:edit': z.strictObject({
    chatId: z.uuid(),
    seq: z.int().min(1),
    body: messageBody,
  }),
  'message:delete': z.strictObject({ chatId: z.uuid(), seq: z.int().min(1) }),
  'chat:read': z.strictObject({ chatId: z.uuid(), seq: z.int().min(0) }),
  typing: z.strictObject({ chatId: z.uuid() }),
  presence: z.strictObject({
    active: z.boolean().optional(),
    watch: z.array(z.uuid()).max(PRESENCE_WATCH_MAX).optional(),
  }),
  sync: z.strictObject({
    chats: z.record(z.uuid(), z.int().min(0)).refine((v) => Object.keys(v).length <= SYNC_CHATS_MAX, {
      error: 'too_many',
    }),
  }),
} satisfies Record<keyof ClientToServerEvents, z.ZodType>;

export type ClientEventName = keyof typeof clientEventSchemas;
export type ClientEventPayload<E extends ClientEventName> = z.infer<(typeof clientEventSchemas)[E]>;
