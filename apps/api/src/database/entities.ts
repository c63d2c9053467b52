import { AuditEntryEntity } from '../modules/audit/entities/audit-entry.entity.js';
import { LinkTokenEntity } from '../modules/auth/entities/link-token.entity.js';
import { LoginThrottleEntity } from '../modules/auth/entities/login-throttle.entity.js';
import { SessionEntity } from '../modules/auth/entities/session.entity.js';
import { ChatMemberEntity } from '../modules/chats/entities/chat-member.entity.js';
import { ChatEntity } from '../modules/chats/entities/chat.entity.js';
import { MessageRevisionEntity } from '../modules/chats/entities/message-revision.entity.js';
import { MessageEntity } from '../modules/chats/entities/message.entity.js';
import { OAuthClientEntity } from '../modules/oauth-provider/entities/oauth-client.entity.js';
import { OAuthClientSecretEntity } from '../modules/oauth-provider/entities/oauth-client-secret.entity.js';
import { OAuthConsentEntity } from '../modules/oauth-provider/entities/oauth-consent.entity.js';
import { OAuthDeviceCodeEntity } from '../modules/oauth-provider/entities/oauth-device-code.entity.js';
import { OAuthGrantEntity } from '../modules/oauth-provider/entities/oauth-grant.entity.js';
import { OAuthSettingsEntity } from '../modules/oauth-provider/entities/oauth-settings.entity.js';
import { OAuthSigningKeyEntity } from '../modules/oauth-provider/entities/oauth-signing-key.entity.js';
import { OutboxEntity } from '../modules/outbox/entities/outbox.entity.js';
import { RocketChatAppliedEntity } from '../modules/rocketchat-bridge/auto-apply/entities/rocketchat-applied.entity.js';
import { RocketChatBackupEntity } from '../modules/rocketchat-bridge/entities/rocketchat-backup.entity.js';
import { RocketChatDriftEntity } from '../modules/rocketchat-bridge/entities/rocketchat-drift.entity.js';
import { RocketChatLinkEntity } from '../modules/rocketchat-bridge/entities/rocketchat-link.entity.js';
import { RocketChatRoomEntity } from '../modules/rocketchat-bridge/entities/rocketchat-room.entity.js';
import { RocketChatRunEntity } from '../modules/rocketchat-bridge/runs/entities/rocketchat-run.entity.js';
import { RocketChatSignInEntity } from '../modules/rocketchat-bridge/sign-in/entities/rocketchat-sign-in.entity.js';
import { RocketChatChangeStreamEntity } from '../modules/rocketchat-bridge/unread/entities/rocketchat-change-stream.entity.js';
import { RocketChatRoomListEntity } from '../modules/rocketchat-bridge/unread/entities/rocketchat-room-list.entity.js';
import { RocketChatRoomPostEntity } from '../modules/rocketchat-bridge/unread/entities/rocketchat-room-post.entity.js';
import { RoleEntity } from '../modules/roles/entities/role.entity.js';
import { UserRoleEntity } from '../modules/roles/entities/user-role.entity.js';
import { AvatarEntity } from '../modules/users/entities/avatar.entity.js';
import { UserEntity } from '../modules/users/entities/user.entity.js';

/**
 * All entities, so that start-up can compare the whole schema with them (F16) before any module exists. Code outside
 * `database/` takes only its own module's entities.
 */
export const ENTITIES = [
  AuditEntryEntity,
  AvatarEntity,
  ChatEntity,
  ChatMemberEntity,
  LinkTokenEntity,
  LoginThrottleEntity,
  MessageEntity,
  MessageRevisionEntity,
  OAuthClientEntity,
  OAuthClientSecretEntity,
  OAuthConsentEntity,
  OAuthDeviceCodeEntity,
  OAuthGrantEntity,
  OAuthSettingsEntity,
  OAuthSigningKeyEntity,
  OutboxEntity,
  RocketChatAppliedEntity,
  RocketChatBackupEntity,
  RocketChatChangeStreamEntity,
  RocketChatDriftEntity,
  RocketChatLinkEntity,
  RocketChatRoomEntity,
  RocketChatRoomListEntity,
  RocketChatRoomPostEntity,
  RocketChatRunEntity,
  RocketChatSignInEntity,
  RoleEntity,
  SessionEntity,
  UserEntity,
  UserRoleEntity,
] as const;
