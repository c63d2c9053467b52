import type { ConsentInfo, DeviceInfo, NextLocation } from '@besedka/contracts/oauth';
import { http } from '../../shared/api/client';

/**
 * Query string of this page byte for byte, without the question mark: what the application asked for. Never the router's parsed query:
 * the server binds its decision to the very characters.
 */
export const rawRequest = (): string => location.search.slice(1);

/** Who asks for what. @throws ApiError `oauth_request_invalid` when there is nobody to answer */
export const fetchConsent = (request: string): Promise<ConsentInfo> =>
  http.get('oauth/consent', { query: { request } });

/** Answers the application; where the browser goes next is in the answer, also after a refusal. */
export const decideConsent = (request: string, allow: boolean): Promise<NextLocation> =>
  http.post('oauth/consent', { request, allow });

/** Which device waits with this code. @throws ApiError `device_code_unknown` */
export const fetchDevice = (userCode: string): Promise<DeviceInfo> => http.get('oauth/device', { query: { userCode } });

/** Lets the waiting device in, or turns it away. @throws ApiError `device_code_unknown` when the code has expired meanwhile */
export const decideDevice = (userCode: string, allow: boolean): Promise<void> =>
  http.post('oauth/device', { userCode, allow });

/** Ends the session of this browser for an application; answers where to go then. */
export const confirmLogout = (request: string): Promise<NextLocation> => http.post('oauth/logout', { request });
