import type { OAuthClient } from '@besedka/contracts/oauth';
import { DEVICE_CODE_GRANT, type OAuthGrantType } from '@besedka/contracts/oauth-scopes';

/** The name of a grant in the locale files: the protocol's own, without the `urn:` before it. */
export const grantKey = (grant: OAuthGrantType): string => (grant === DEVICE_CODE_GRANT ? 'device_code' : grant);

/** What of it is in use now, people first: keys of `applications.inUse` with their numbers. Empty: nothing is. */
export function inUse({
  liveGrants,
  liveSignIns,
  livePeople,
}: Pick<OAuthClient, 'liveGrants' | 'liveSignIns' | 'livePeople'>): { key: 'people' | 'signIns' | 'own'; n: number }[] {
  const counts = [
    { key: 'people', n: livePeople },
    { key: 'signIns', n: liveSignIns },
    { key: 'own', n: liveGrants - liveSignIns },
  ] as const;
  return counts.filter(({ n }) => n > 0);
}
