import { AppError } from '../errors/app-error.js';
import type { Principal } from '../context/request-context.js';
import type { Access } from './access.decorators.js';

/**
 * The decision itself, free of HTTP and sockets.
 * @throws AppError `forbidden` when nothing was declared or a permission is missing, `unauthenticated` when nobody is signed in
 */
export function checkAccess(access: Access | undefined, principal: Principal | null): void {
  if (access === undefined) throw new AppError('forbidden');
  if (access.kind === 'public') return;
  if (principal === null) throw new AppError('unauthenticated');
  if (access.kind === 'permissions' && !access.permissions.every((name) => principal.permissions.has(name))) {
    throw new AppError('forbidden');
  }
}
