import type { Router } from 'vue-router';
import { isServerPath, safeNextPath } from '../../shared/navigation/nextPath';

/** Goes where the person wanted to before signing in. A waiting OAuth request belongs to the server and resumes by itself (F18). */
export async function resume(router: Router, next: unknown): Promise<void> {
  const path = safeNextPath(next);
  if (isServerPath(path)) location.assign(path);
  else await router.replace(path);
}
