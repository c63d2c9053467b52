/**
 * Every error that the API can answer with, by name. `application/problem+json` (RFC 9457) carries the name in
 * `code`; socket acknowledgements carry it in `error.code`. Texts for people live in the web app's locale files:
 * a code without a text in every language fails a test.
 */
export const ERRORS = {
  // common
  validation_failed: { status: 400, title: 'The request has invalid fields' },
  malformed_request: { status: 400, title: 'The request could not be read' },
  bad_cursor: { status: 400, title: 'The page cursor is not valid' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'Not allowed' },
  csrf_rejected: {
    status: 403,
    title: 'The request did not come from this site',
  },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  version_conflict: {
    status: 412,
    title: 'Somebody else changed this meanwhile',
  },
  precondition_required: {
    status: 428,
    title: 'Send If-Match with the version you edited',
  },
  payload_too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Content type not supported' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong' },
  database_unavailable: { status: 503, title: 'The database is not reachable' },
  shutting_down: { status: 503, title: 'The server is restarting' },
  // auth
  invalid_credentials: { status: 401, title: 'User name or password is wrong' },
  sign_in_delayed: { status: 429, title: 'Too many failed attempts' },
  session_ended: { status: 401, title: 'The session has ended' },
  token_invalid: { status: 400, title: 'The link is not valid or has expired' },
  wrong_password: { status: 400, title: 'The current password is wrong' },
  password_too_weak: {
    status: 400,
    title: 'The password is too easy to guess',
  },
  // users and roles
  username_taken: { status: 409, title: 'The user name is taken' },
  email_taken: { status: 409, title: 'The e-mail address is taken' },
  key_account_exists: {
    status: 409,
    title: 'The account of a key role exists already',
  },
  out_of_reach: { status: 403, title: 'This account is not within your reach' },
  role_too_high: {
    status: 403,
    title: 'A role at or above your own level cannot be given',
  },
  last_administrator: {
    status: 409,
    title: 'The last person who can administer must stay',
  },
  owner_only_by_handover: {
    status: 409,
    title: 'The owner role only changes hands by handing over',
  },
  own_account: { status: 409, title: 'Not possible for one’s own account' },
  role_unknown: { status: 400, title: 'No such role' },
  role_built_in: { status: 409, title: 'A built-in role cannot be deleted' },
  role_in_use: { status: 409, title: 'The role is still given to people' },
  role_key_taken: { status: 409, title: 'A role with this key exists' },
  user_not_invited: {
    status: 409,
    title: 'Only an invited account can be invited again',
  },
  avatar_invalid: { status: 400, title: 'Not a picture that can be read' },
  // applications (OAuth)
  oauth_request_invalid: { status: 400, title: 'The application sent a request that cannot be answered' },
  client_secrets_full: { status: 409, title: 'The application has two secrets already' },
  client_last_secret: { status: 409, title: 'The only secret of an application cannot be deleted' },
  client_is_public: { status: 409, title: 'A public application has no secret' },
  device_code_unknown: { status: 404, title: 'No device waits with this code, or it has expired' },
  // chats
  chat_not_found: { status: 404, title: 'No such chat, or not yours' },
  message_not_found: { status: 404, title: 'No such message' },
  message_deleted: { status: 409, title: 'The message was deleted' },
  not_message_author: {
    status: 403,
    title: 'Only the author can edit a message',
  },
  client_id_reused: {
    status: 409,
    title: 'This client id belongs to another message',
  },
  chat_kind_mismatch: {
    status: 409,
    title: 'Not possible for this kind of chat',
  },
  not_chat_owner: { status: 403, title: 'Only the chat owner can do this' },
  chat_full: { status: 409, title: 'The chat has reached its largest size' },
  user_unavailable: { status: 409, title: 'This person cannot be reached' },
  cannot_post: { status: 403, title: 'You cannot write in this chat' },
  // Rocket.Chat
  rocketchat_unavailable: { status: 503, title: 'Rocket.Chat does not answer as it should' },
  rocketchat_account_waiting: { status: 503, title: 'The account in Rocket.Chat is not there yet' },
  rocketchat_no_conflict: { status: 409, title: 'There is no conflict (any more)' },
  rocketchat_not_linkable: { status: 409, title: 'This account of Rocket.Chat is not handed to anybody' },
  rocketchat_account_conflict: { status: 409, title: 'The user name belongs to another account in Rocket.Chat' },
  rocketchat_not_configured: { status: 409, title: 'Rocket.Chat is not configured' },
  rocketchat_run_active: { status: 409, title: 'Another run is under way' },
  rocketchat_plan_needed: {
    status: 409,
    title: 'Plan first: the plan is missing, has failed, or was carried out already',
  },
  rocketchat_backup_invalid: { status: 400, title: 'This file is no backup of Rocket.Chat that can be read' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** One invalid input. `path` is dotted ("members.0"); `code` names the rule that was broken. */
export interface FieldError {
  path: string;
  code: string;
  message: string;
}

/** Body of every failed HTTP answer (RFC 9457 with our members). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  errors?: FieldError[];
  requestId: string;
  /** 429 and 503: seconds to wait, the same number as `Retry-After`. */
  retryAfter?: number;
  /** 412: the resource as it is now, so that a form can show both versions. */
  current?: unknown;
  /** Further safe facts, e.g. the existing account's user name (F29). */
  data?: Record<string, unknown>;
}
