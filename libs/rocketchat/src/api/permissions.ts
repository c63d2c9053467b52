import { z } from 'zod';
import { RocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import type { Change } from '../http/ensure.js';
import { route } from '../http/route.js';
import { idSchema, nothingSchema } from '../schemas/common.js';

const permissionSchema = z.looseObject({
  _id: idSchema,
  /** Who holds it. */
  roles: z
    .array(z.string())
    .nullish()
    .transform((roles) => roles ?? []),
});
export type RocketChatPermission = z.output<typeof permissionSchema>;

const listAll = route({
  method: 'GET',
  path: 'permissions.listAll',
  safety: 'repeat',
  request: nothingSchema,
  answer: z.looseObject({ update: z.array(permissionSchema) }),
});

const update = route({
  method: 'POST',
  path: 'permissions.update',
  safety: 'repeat',
  request: z.object({ permissions: z.array(z.object({ _id: idSchema, roles: z.array(idSchema) })).min(1) }),
  answer: z.unknown(),
});

/** Which role may do what (permission `access-permissions`). */
export class PermissionsApi {
  constructor(private readonly caller: Caller) {}

  /** Every permission with the roles that hold it. */
  async list(options?: CallOptions): Promise<RocketChatPermission[]> {
    return (await this.caller.call(listAll, {}, options)).update;
  }

  /**
   * Gives a permission exactly these roles.
   *
   * @throws {RocketChatError} `not-found` when there is no such permission, `forbidden`
   */
  setRoles(permission: string, roles: readonly string[], options?: CallOptions): Promise<Change> {
    return this.change(permission, () => roles, options);
  }

  /** Lets these roles hold a permission too. @throws as `setRoles` */
  grant(permission: string, roles: readonly string[], options?: CallOptions): Promise<Change> {
    return this.change(permission, (held) => [...new Set([...held, ...roles])], options);
  }

  /** Takes a permission from these roles. @throws as `setRoles` */
  revoke(permission: string, roles: readonly string[], options?: CallOptions): Promise<Change> {
    return this.change(permission, (held) => held.filter((role) => !roles.includes(role)), options);
  }

  /** The server only knows "exactly these": another admin's change between reading and writing would be lost. */
  private async change(
    permission: string,
    wanted: (held: readonly string[]) => readonly string[],
    options?: CallOptions,
  ): Promise<Change> {
    const found = (await this.list(options)).find(({ _id }) => _id === permission);
    if (!found) {
      throw new RocketChatError({ kind: 'not-found', route: 'POST permissions.update', reason: 'no such permission' });
    }
    const roles = wanted(found.roles);
    if (roles.length === found.roles.length && roles.every((role) => found.roles.includes(role)))
      return { changed: false };
    await this.caller.call(update, { permissions: [{ _id: permission, roles: [...roles] }] }, options);
    return { changed: true };
  }
}
