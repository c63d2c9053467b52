import type { RocketChatVerifyCause, RocketChatVerifyCheck } from '@besedka/contracts';

/** What each check of `rocketchat verify` is about. */
export const CHECK_WORDS: Readonly<Record<RocketChatVerifyCheck, string>> = {
  'sign-in-offered': 'Rocket.Chat offers the sign-in of this portal',
  'frame-allowed': 'the portal may show Rocket.Chat in its frame',
  'signs-in': 'a person of the portal is signed in there',
  'in-channels': 'they are in their channels, without a Join button',
  'unread-rises': 'a message raises their unread number',
  'sign-out-ends': 'signing out of the portal ends their session there',
  'cleaned-up': 'the test account is removed on both sides',
};

type Facts = Readonly<Record<string, string>>;

/** What is wrong, and what mends it. */
const CAUSES: Readonly<Record<RocketChatVerifyCause, (facts: Facts) => string>> = {
  not_run: ({ needs = '' }) => `Not tried: it needs the check "${needs}".`,
  unreachable: ({ url = 'ROCKETCHAT_API_URL' }) => `Rocket.Chat does not answer at ${url}. See npm run doctor.`,
  provider_missing: () => 'Strangers are not offered our provider. Run rocketchat apply.',
  provider_differs: ({ url = '', wanted = '' }) =>
    `The provider leads to ${url === '' ? 'nowhere' : url}, not to ${wanted}. Check PUBLIC_URL, then run rocketchat apply.`,
  iframe_auth_off: ({ setting = '' }) => `The setting ${setting} is not as it shall be. Run rocketchat apply.`,
  frame_forbidden_by_header: ({ header = '' }) =>
    `The answer says "${header}". Run rocketchat apply; if it stays, the proxy in front of Rocket.Chat adds it: take it out there.`,
  frame_forbidden_by_policy: ({ header = '' }) =>
    `The content policy says "${header}", without the portal. Name the portal's origin there, in the proxy in front of Rocket.Chat.`,
  portal_unreachable: ({ url = '' }) => `The portal does not answer at ${url}. Start it, or check PUBLIC_URL.`,
  portal_refused: ({ status = '', error = '', code = '' }) =>
    `The portal refused (${[status, error, code].filter(Boolean).join(', ')}). Run rocketchat apply; look into the portal's log.`,
  callback_refused: ({ status = '' }) =>
    `Rocket.Chat could not exchange the code or read the identity (${status}). It must reach the portal: check ROCKETCHAT_PORTAL_URL.`,
  client_secret_wrong: () => 'The client secret there opens nothing here. Run rocketchat apply.',
  token_secret_missing: () =>
    'ROCKETCHAT_TOKEN_SECRET is not set. Set it to the CREATE_TOKENS_FOR_USERS_SECRET of Rocket.Chat’s environment.',
  token_secret_wrong: () =>
    'Rocket.Chat makes no login tokens for the portal. ROCKETCHAT_TOKEN_SECRET must be its CREATE_TOKENS_FOR_USERS_SECRET.',
  sign_in_refused: ({ reason = '', code = '' }) =>
    `Rocket.Chat refused the sign-in itself (${[reason, code].filter(Boolean).join(', ')}). Look into its log.`,
  another_account: ({ username = '' }) =>
    `The sign-in led to another account there (${username}). Run rocketchat apply: both merge settings must be on.`,
  not_in_channel: ({ channels = '' }) =>
    `Not a member of: ${channels}. Run rocketchat apply; look at the queue on the page.`,
  unread_unchanged: () => 'The number did not change. Run rocketchat apply: Unread_Count must count all messages.',
  session_alive: ({ seconds = '' }) =>
    `After ${seconds} s the session there was still alive. The portal's server must be running and have the admin account.`,
  cleanup_failed: ({ account = '' }) =>
    `${account} could not be removed now. The next run does it when it is more than an hour old.`,
  refused_by_rocketchat: ({ route = '', reason = '' }) =>
    `Rocket.Chat refused ${route} (${reason}). Look at the permissions of the admin account.`,
};

export function causeInWords(cause: RocketChatVerifyCause, facts: Facts): string {
  return CAUSES[cause](facts);
}
