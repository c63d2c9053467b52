import { LinkTokenEntity } from '../modules/auth/entities/link-token.entity.js';
import { LoginThrottleEntity } from '../modules/auth/entities/login-throttle.entity.js';
import { SessionEntity } from '../modules/auth/entities/session.entity.js';
import { ChatMemberEntity } from '../modules/chats/entities/chat-member.entity.js';
import { ChatEntity } from '../modules/chats/entities/chat.entity.js';
import { MessageRevisionEntity } from '../modules/chats/entities/message-revision.entity.js';
import { MessageEntity } from '../modules/chats/entities/message.entity.js';
import { OutboxEntity } from '../modules/outbox/entities/outbox.entity.js';
import { RoleEntity } from '../modules/roles/entities/role.entity.js';
import { UserRoleEntity } from '../modules/roles/entities/user-role.entity.js';
import { AvatarEntity } from '../modules/users/entities/avatar.entity.js';
import { UserEntity } from '../modules/users/entities/user.entity.js';

/**
 * All entities, so that start-up can compare the whole schema with them (F16) before any module exists. Code outside
 * `database/` takes only its own module's entities.
 */
export const ENTITIES = [
  AvatarEntity,
  ChatEntity,
  ChatMemberEntity,
  LinkTokenEntity,
  LoginThrottleEntity,
  MessageEntity,
  MessageRevisionEntity,
  OutboxEntity,
  RoleEntity,
  SessionEntity,
  UserEntity,
  UserRoleEntity,
] as const;
