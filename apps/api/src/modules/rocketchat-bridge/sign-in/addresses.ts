/**
 * Addresses of the portal for Rocket.Chat's iframe authentication (contract 6). Which servers have which of the first two in their
 * settings nobody knows any more, so both answer (F10).
 */
export const TOKEN_PATHS = ['chat/api/auth', 'api/chat/auth'] as const;

/** `Accounts_Iframe_api_url`. */
export const TOKEN_ADDRESS = '/chat/api/auth/';

/** The page that signs a waiting Rocket.Chat in, or leads to our sign-in page first. */
export const FRAME_PAGE = '/chat/api/auth/frame/';

/**
 * `Accounts_iframe_url`: what Rocket.Chat shows in place of its own sign-in page. It comes past the refresh cookie, so that an expired
 * access token is no reason to ask for a password.
 */
export const SIGN_IN_ADDRESS = `/api/v1/auth/continue?to=${FRAME_PAGE}`;
