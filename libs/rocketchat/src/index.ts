/** Talking to a Rocket.Chat server: a typed REST client. The double of a server for the tests is in `./testing`. */
export { RocketChatClient, type RocketChatClientOptions } from './client.js';
export { RocketChatError, isRocketChatError, type RocketChatErrorKind } from './errors.js';
export type { AuthTokens, RocketChatCredentials } from './credentials.js';
export type { CallOptions } from './http/caller.js';
export type { CallReport, WireOptions } from './http/wire.js';
export type { Change, CompareOptions } from './http/ensure.js';
export type { Clock } from './http/clock.js';
export { collect } from './http/paging.js';
export { parseVersion, profileOf, type ServerProfile, type ServerVersion, type SignInMode } from './profile.js';
export {
  CUSTOM_OAUTH_FIELDS,
  CUSTOM_OAUTH_LICENSED_FIELDS,
  customOAuthName,
  customOAuthSettingId,
  type CustomOAuthField,
} from './custom-oauth.js';
export { readOAuthEnd, type OAuthCredential } from './oauth-end.js';
export { signInByOAuth } from './ddp-sign-in.js';
export type { ServerHealth } from './api/info.js';
export type { OAuthService, RocketChatSetting, SettingValue } from './api/settings.js';
export type { UserSelector, UserStatus, UserToCreate, UserToUpdate } from './api/users.js';
export type { RocketChatRole } from './api/roles.js';
export type { RocketChatPermission } from './api/permissions.js';
export type { MemberOptions, RoomMember, RoomSelector, RoomToCreate } from './api/room-family.js';
export type { AdminRoomType, RoomSettings } from './api/rooms.js';
export type { IntegrationToCreate, RocketChatIntegration } from './api/integrations.js';
export type { RocketChatMessage, RocketChatRoom, RocketChatSubscription, RoomRoles } from './schemas/room.js';
export type { RocketChatUser, RocketChatUserName, RocketChatUserWithRooms, UserRoom } from './schemas/user.js';
