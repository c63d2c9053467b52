/** What a set-up and its proof consist of, in their order. Without zod: the web app shows what is still to come. */

/** The steps of `apply`; `restore` and `rollback` take those of them that they need. */
export const ROCKETCHAT_STEPS = [
  'settings',
  'permissions',
  'channels',
  'first-channel',
  'client',
  'provider',
  'service',
  'webhooks',
  'members',
] as const;
export type RocketChatStep = (typeof ROCKETCHAT_STEPS)[number];

/** What `verify` proves, in its order. */
export const ROCKETCHAT_VERIFY_CHECKS = [
  /** Strangers are offered our sign-in. */
  'sign-in-offered',
  /** The headers that Rocket.Chat really sends let the portal frame it. */
  'frame-allowed',
  /** A person of the portal (`temp_verify_…`) signs in through the whole flow. */
  'signs-in',
  /** They are a member of their channels: no Join button. */
  'in-channels',
  /** A message by somebody else raises their number. */
  'unread-rises',
  /** When they sign out of the portal, their session there is over. */
  'sign-out-ends',
  /** Nothing of them is left on either side. */
  'cleaned-up',
] as const;
export type RocketChatVerifyCheck = (typeof ROCKETCHAT_VERIFY_CHECKS)[number];
