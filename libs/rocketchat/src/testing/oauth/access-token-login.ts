import type { Core } from '../core.js';
import type { SignedIn } from '../domain/sign-in.js';
import { RcError } from '../http/errors.js';
import { requiredText, type Input } from '../http/input.js';
import { signInByIdentity } from './accounts.js';
import { normalise } from './identity.js';
import { fetchIdentity } from './provider-calls.js';
import { publicServices } from './services.js';

/**
 * The sign-in of native apps in the legacy flow: they bring the provider's access token.
 *
 * @throws RcError
 */
export async function signInByAccessToken(core: Core, key: string, input: Input): Promise<SignedIn> {
  const service = core.profile.legacyFlow ? publicServices(core).find((one) => one.service === key) : undefined;
  if (!service) throw new RcError(401, { error: 'Unauthorized', message: 'Unauthorized' });
  const accessToken = requiredText(input, 'accessToken');
  try {
    return signInByIdentity(core, service, normalise(service, await fetchIdentity(service, accessToken, false)));
  } catch (error) {
    if (error instanceof RcError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new RcError(401, { error: text, message: text });
  }
}
