import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first tables: as generated from the entities, ordered for reading. */
const UP = [
  // Accounts, roles, sessions
  `CREATE TABLE users (
    id uuid NOT NULL,
    username character varying(32) NOT NULL,
    email character varying(254),
    email_key character varying(254),
    full_name character varying(120) NOT NULL,
    avatar_version integer NOT NULL DEFAULT '0',
    locale character varying(2) NOT NULL DEFAULT 'ru',
    theme character varying(6) NOT NULL DEFAULT 'system',
    enter_sends boolean NOT NULL DEFAULT true,
    status character varying(8) NOT NULL,
    password_hash character varying(200),
    last_seen_at TIMESTAMP WITH TIME ZONE,
    version integer NOT NULL DEFAULT '1',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT users_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX users_created_at ON users (created_at, id)`,
  `CREATE INDEX users_full_name ON users (full_name, id)`,
  `CREATE UNIQUE INDEX users_email_live ON users (email_key) WHERE deleted_at IS NULL`,
  `CREATE UNIQUE INDEX users_username_live ON users (username) WHERE deleted_at IS NULL`,
  `CREATE TABLE avatars (
    user_id uuid NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT avatars_pk PRIMARY KEY (user_id)
  )`,
  `CREATE TABLE roles (
    key character varying(40) NOT NULL,
    title character varying(60) NOT NULL,
    built_in boolean NOT NULL DEFAULT false,
    level integer NOT NULL,
    groups text array NOT NULL DEFAULT '{}',
    permissions text array NOT NULL DEFAULT '{}',
    manages text array NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT '1',
    CONSTRAINT roles_pk PRIMARY KEY (key)
  )`,
  `CREATE TABLE user_roles (
    user_id uuid NOT NULL,
    role_key character varying(40) NOT NULL,
    CONSTRAINT user_roles_pk PRIMARY KEY (user_id, role_key)
  )`,
  `CREATE INDEX user_roles_role ON user_roles (role_key, user_id)`,
  `CREATE UNIQUE INDEX user_roles_one_owner ON user_roles (role_key) WHERE role_key = 'owner'`,
  `CREATE TABLE sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    generation integer NOT NULL DEFAULT '1',
    rotated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_agent character varying(400) NOT NULL,
    address character varying(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason character varying(20),
    CONSTRAINT sessions_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX sessions_user_live ON sessions (user_id) WHERE ended_at IS NULL`,
  `CREATE TABLE link_tokens (
    token_hash character(64) NOT NULL,
    user_id uuid NOT NULL,
    purpose character varying(10) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT link_tokens_pk PRIMARY KEY (token_hash)
  )`,
  `CREATE INDEX link_tokens_user ON link_tokens (user_id, purpose)`,
  `CREATE TABLE login_throttles (
    key character varying(100) NOT NULL,
    failures double precision NOT NULL,
    last_failure_at TIMESTAMP WITH TIME ZONE NOT NULL,
    delayed_until TIMESTAMP WITH TIME ZONE,
    addresses text array NOT NULL DEFAULT '{}',
    CONSTRAINT login_throttles_pk PRIMARY KEY (key)
  )`,
  // Effects promised to the outside world
  `CREATE TABLE outbox (
    id uuid NOT NULL,
    topic character varying(40) NOT NULL,
    key character varying(100) NOT NULL,
    payload jsonb NOT NULL,
    attempts integer NOT NULL DEFAULT '0',
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    last_error character varying(500),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT outbox_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE done_at IS NULL`,
  // Chats, members, messages
  `CREATE TABLE chats (
    id uuid NOT NULL,
    kind character varying(8) NOT NULL,
    title character varying(80),
    icon character varying(16),
    channel_key character varying(40),
    required_group character varying(20),
    direct_key character varying(73),
    created_by uuid,
    last_seq integer NOT NULL DEFAULT '0',
    last_rev integer NOT NULL DEFAULT '0',
    top_author uuid,
    top_order bigint NOT NULL DEFAULT '0',
    second_order bigint NOT NULL DEFAULT '0',
    version integer NOT NULL DEFAULT '1',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    CONSTRAINT chats_pk PRIMARY KEY (id)
  )`,
  `CREATE UNIQUE INDEX chats_direct_key ON chats (direct_key) WHERE direct_key IS NOT NULL`,
  `CREATE UNIQUE INDEX chats_channel_key ON chats (channel_key) WHERE channel_key IS NOT NULL`,
  `CREATE TABLE chat_members (
    chat_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role character varying(6) NOT NULL DEFAULT 'member',
    read_seq integer NOT NULL DEFAULT '0',
    own_after_read integer NOT NULL DEFAULT '0',
    hidden_seq integer NOT NULL DEFAULT '-1',
    joined_order bigint NOT NULL DEFAULT '0',
    joined_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    CONSTRAINT chat_members_pk PRIMARY KEY (chat_id, user_id)
  )`,
  `CREATE INDEX chat_members_user ON chat_members (user_id, chat_id)`,
  `CREATE TABLE messages (
    chat_id uuid NOT NULL,
    seq integer NOT NULL,
    rev integer NOT NULL,
    author_id uuid NOT NULL,
    client_id uuid NOT NULL,
    body text,
    reply_seq integer,
    forward_author uuid,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    edited_at TIMESTAMP WITH TIME ZONE,
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT messages_pk PRIMARY KEY (chat_id, seq)
  )`,
  `CREATE INDEX messages_deleted ON messages (chat_id, seq, author_id) WHERE deleted_at IS NOT NULL`,
  `CREATE INDEX messages_rev ON messages (chat_id, rev)`,
  `CREATE UNIQUE INDEX messages_client_id ON messages (author_id, client_id)`,
  `CREATE TABLE message_revisions (
    chat_id uuid NOT NULL,
    seq integer NOT NULL,
    rev integer NOT NULL,
    body text NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT message_revisions_pk PRIMARY KEY (chat_id, seq, rev)
  )`,
  `ALTER TABLE link_tokens ADD CONSTRAINT link_tokens_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE sessions ADD CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE chat_members ADD CONSTRAINT chat_members_chat_fk FOREIGN KEY (chat_id) REFERENCES chats(id) ON DELETE CASCADE`,
  `ALTER TABLE chat_members ADD CONSTRAINT chat_members_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE chats ADD CONSTRAINT chats_created_by_fk FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL`,
  `ALTER TABLE message_revisions ADD CONSTRAINT message_revisions_message_fk FOREIGN KEY (chat_id, seq) REFERENCES messages(chat_id,seq) ON DELETE CASCADE`,
  `ALTER TABLE messages ADD CONSTRAINT messages_chat_fk FOREIGN KEY (chat_id) REFERENCES chats(id) ON DELETE CASCADE`,
  `ALTER TABLE messages ADD CONSTRAINT messages_author_fk FOREIGN KEY (author_id) REFERENCES users(id) ON DELETE NO ACTION`,
  `ALTER TABLE user_roles ADD CONSTRAINT user_roles_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE user_roles ADD CONSTRAINT user_roles_role_fk FOREIGN KEY (role_key) REFERENCES roles(key) ON DELETE RESTRICT`,
  `ALTER TABLE avatars ADD CONSTRAINT avatars_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
];

export class FirstTables1763650000000 implements MigrationInterface {
  name = 'FirstTables1763650000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE message_revisions, messages, chat_members, chats, outbox, login_throttles, link_tokens, sessions, user_roles, roles, avatars, users',
    );
  }
}
