import { DEVICE_CODE_GRANT, type OAuthGrantType } from '@besedka/contracts/oauth-scopes';

/** The name of a grant in the locale files: the protocol's own, without the `urn:` before it. */
export const grantKey = (grant: OAuthGrantType): string => (grant === DEVICE_CODE_GRANT ? 'device_code' : grant);
