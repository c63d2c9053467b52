/**
 * First causes that diagnostics can name, most fundamental first: of several that hold, the earlier one is the cause. `server` ones
 * are found by the portal's process (`GET /rocketchat/checks`), `frame` ones by the page from what the frame does.
 */
export const ROCKETCHAT_CAUSES = {
  // server
  not_configured: 'server',
  unreachable: 'server',
  not_rocketchat: 'server',
  starting: 'server',
  version_unsupported: 'server',
  admin_refused: 'server',
  admin_second_factor: 'server',
  admin_forbidden: 'server',
  clock_skew: 'server',
  site_url_differs: 'server',
  different_site: 'server',
  insecure_address: 'server',
  frame_forbidden_by_header: 'server',
  frame_forbidden_by_policy: 'server',
  wizard_open: 'server',
  provider_missing: 'server',
  provider_disabled: 'server',
  provider_differs: 'server',
  client_secret_wrong: 'server',
  client_disabled: 'server',
  iframe_auth_off: 'server',
  token_secret_wrong: 'server',
  commands_off: 'server',
  commands_wrong_origin: 'server',
  events_off: 'server',
  events_wrong_origin: 'server',
  channels_missing: 'server',
  account_conflict: 'server',
  account_waiting: 'server',
  account_disabled: 'server',
  not_in_channel: 'server',
  // frame
  browser_cannot_reach: 'frame',
  storage_blocked: 'frame',
  frame_silent: 'frame',
  sign_in_failed: 'frame',
  sign_in_loop: 'frame',
  room_not_opened: 'frame',
} as const;
export type RocketChatCause = keyof typeof ROCKETCHAT_CAUSES;
export const ROCKETCHAT_CAUSE_NAMES = Object.keys(ROCKETCHAT_CAUSES) as RocketChatCause[];
