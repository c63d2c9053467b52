import { compactVerify, errors } from 'jose';
import { z } from 'zod';
import { deriveKey } from './keys.js';
import type { AccessClaims } from './sessions.service.js';

const claims = z.object({ sub: z.uuid(), sid: z.uuid() });

/**
 * Whose session an access token of ours belongs to, also after its time: enough to know which session a browser holds and to end it,
 * never to let anybody in. @returns null for what we have not signed
 */
export async function readAccessToken(secret: string, token: string): Promise<AccessClaims | null> {
  try {
    const { payload } = await compactVerify(token, deriveKey(secret, 'access-token'), { algorithms: ['HS256'] });
    const parsed = claims.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return null;
    throw error;
  }
}
