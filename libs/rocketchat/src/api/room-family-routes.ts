import { z } from 'zod';
import { route, type Safety } from '../http/route.js';
import { doneSchema, idSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { roomRolesSchema, roomSchema } from '../schemas/room.js';
import { userNameSchema, userSchema } from '../schemas/user.js';

const roomId = idSchema;
const name = z.string().min(1);
const oneMember = z.object({ roomId, userId: idSchema });
const roomOnly = z.object({ roomId });

/** The member of answers that holds the room: `channel` or `group`. */
const roomAnswer = z
  .union([z.looseObject({ channel: roomSchema }), z.looseObject({ group: roomSchema })])
  .transform((answer) => ('channel' in answer ? answer.channel : answer.group) as z.output<typeof roomSchema>);

/**
 * The routes that channels and private groups share, under their prefix.
 *
 * @param prefix `channels` or `groups`
 */
export function roomFamilyRoutes(prefix: 'channels' | 'groups') {
  const post = <Request extends z.ZodType>(action: string, request: Request, safety: Safety = 'repeat') =>
    route({ method: 'POST', path: `${prefix}.${action}`, safety, request, answer: doneSchema });
  const get = <Request extends z.ZodType, Answer extends z.ZodType>(action: string, request: Request, answer: Answer) =>
    route({ method: 'GET', path: `${prefix}.${action}`, safety: 'repeat', request, answer });
  const text = <Name extends string>(action: string, field: Name) =>
    post(action, z.object({ roomId, [field]: z.string() } as { roomId: typeof roomId } & Record<Name, z.ZodString>));

  return {
    info: get('info', z.union([roomOnly, z.object({ roomName: name })]), roomAnswer),
    create: route({
      method: 'POST',
      path: `${prefix}.create`,
      safety: 'once',
      request: z.object({
        name,
        /** User names; the caller becomes owner. */
        members: z.array(z.string()).optional(),
        readOnly: z.boolean().optional(),
        customFields: z.record(z.string(), z.unknown()).optional(),
        extraData: z.looseObject({ topic: z.string().optional(), broadcast: z.boolean().optional() }).optional(),
        excludeSelf: z.boolean().optional(),
      }),
      answer: roomAnswer,
    }),
    members: get(
      'members',
      z.object({ roomId, ...pageRequestShape }),
      z.looseObject({ members: z.array(userSchema), ...pageInfoShape }),
    ),
    roles: get('roles', roomOnly, z.looseObject({ roles: z.array(roomRolesSchema) })),
    moderators: get('moderators', roomOnly, z.looseObject({ moderators: z.array(userNameSchema) })),
    invite: post('invite', oneMember),
    kick: post('kick', oneMember),
    addModerator: post('addModerator', oneMember),
    removeModerator: post('removeModerator', oneMember),
    addOwner: post('addOwner', oneMember),
    removeOwner: post('removeOwner', oneMember),
    addLeader: post('addLeader', oneMember),
    removeLeader: post('removeLeader', oneMember),
    setTopic: text('setTopic', 'topic'),
    setDescription: text('setDescription', 'description'),
    setAnnouncement: text('setAnnouncement', 'announcement'),
    setReadOnly: post('setReadOnly', z.object({ roomId, readOnly: z.boolean() })),
    setType: post('setType', z.object({ roomId, type: z.enum(['c', 'p']) })),
    rename: post('rename', z.object({ roomId, name })),
    archive: post('archive', roomOnly),
    unarchive: post('unarchive', roomOnly),
    delete: post('delete', roomOnly),
    leave: post('leave', roomOnly),
    // The server takes a text here, and a real boolean for false.
    addAll: post('addAll', z.object({ roomId, activeUsersOnly: z.boolean().transform(yesNo).optional() })),
  };
}

export type RoomFamilyRoutes = ReturnType<typeof roomFamilyRoutes>;

function yesNo(flag: boolean): 'true' | 'false' {
  return flag ? 'true' : 'false';
}
