import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Applications, their grants and keys (OAuth 2, OpenID Connect), and the audit log. */
const UP = [
  `CREATE TABLE oauth_clients (
    id uuid NOT NULL,
    client_id character varying(100) NOT NULL,
    kind character varying(12) NOT NULL,
    name character varying(80) NOT NULL,
    description character varying(300) NOT NULL DEFAULT '',
    home_url character varying(500),
    first_party boolean NOT NULL DEFAULT false,
    pkce_required boolean NOT NULL DEFAULT true,
    grant_types text array NOT NULL,
    scopes text array NOT NULL,
    redirect_uris text array NOT NULL DEFAULT '{}',
    post_logout_redirect_uris text array NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT '1',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    last_used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT oauth_clients_pk PRIMARY KEY (id)
  )`,
  `CREATE UNIQUE INDEX oauth_clients_client_id ON oauth_clients (client_id)`,
  `CREATE TABLE oauth_client_secrets (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    hash character(64) NOT NULL,
    hint character varying(4) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    last_used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT oauth_client_secrets_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX oauth_client_secrets_client ON oauth_client_secrets (client_id)`,
  `CREATE TABLE oauth_consents (
    user_id uuid NOT NULL,
    client_id uuid NOT NULL,
    scopes text array NOT NULL,
    allowed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    CONSTRAINT oauth_consents_pk PRIMARY KEY (user_id, client_id)
  )`,
  `CREATE INDEX oauth_consents_client ON oauth_consents (client_id)`,
  `CREATE TABLE oauth_grants (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_id uuid,
    session_id uuid,
    grant_type character varying(20) NOT NULL,
    scopes text array NOT NULL,
    redirect_uri text,
    code_challenge character varying(43),
    nonce text,
    auth_time TIMESTAMP WITH TIME ZONE,
    code_expires_at TIMESTAMP WITH TIME ZONE,
    code_used_at TIMESTAMP WITH TIME ZONE,
    generation integer NOT NULL DEFAULT '0',
    rotated_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_reason character varying(20),
    CONSTRAINT oauth_grants_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX oauth_grants_client ON oauth_grants (client_id)`,
  `CREATE INDEX oauth_grants_session ON oauth_grants (session_id)`,
  `CREATE INDEX oauth_grants_user ON oauth_grants (user_id, client_id)`,
  `CREATE TABLE oauth_device_codes (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_code_hash character(64) NOT NULL,
    scopes text array NOT NULL,
    interval_seconds integer NOT NULL,
    last_polled_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decision character varying(7),
    user_id uuid,
    session_id uuid,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT oauth_device_codes_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX oauth_device_codes_expires ON oauth_device_codes (expires_at)`,
  `CREATE UNIQUE INDEX oauth_device_codes_user_code ON oauth_device_codes (user_code_hash)`,
  `CREATE TABLE oauth_signing_keys (
    kid character varying(43) NOT NULL,
    alg character varying(10) NOT NULL,
    state character varying(8) NOT NULL,
    public_jwk jsonb NOT NULL,
    private_sealed bytea NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    activated_at TIMESTAMP WITH TIME ZONE,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT oauth_signing_keys_pk PRIMARY KEY (kid)
  )`,
  `CREATE UNIQUE INDEX oauth_signing_keys_one_current ON oauth_signing_keys (state) WHERE state IN ('next', 'current')`,
  `CREATE TABLE oauth_settings (
    id integer NOT NULL,
    role_names jsonb NOT NULL,
    local_client_made boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT '1',
    CONSTRAINT oauth_settings_pk PRIMARY KEY (id)
  )`,
  `INSERT INTO oauth_settings (id, role_names) VALUES (1, '{"owner": ["admin", "vip"], "moderator": ["admin"]}')`,
  `CREATE TABLE audit_log (
    id uuid NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
    key character varying(60) NOT NULL,
    actor_id uuid,
    actor_name character varying(32),
    subject_id character varying(100),
    facts jsonb NOT NULL,
    request_id character varying(100) NOT NULL,
    address character varying(64) NOT NULL,
    CONSTRAINT audit_log_pk PRIMARY KEY (id)
  )`,
  `CREATE INDEX audit_log_actor ON audit_log (actor_id, id)`,
  `CREATE INDEX audit_log_subject ON audit_log (subject_id, id)`,
  `ALTER TABLE oauth_client_secrets ADD CONSTRAINT oauth_client_secrets_client_fk
    FOREIGN KEY (client_id) REFERENCES oauth_clients(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_consents ADD CONSTRAINT oauth_consents_user_fk
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_consents ADD CONSTRAINT oauth_consents_client_fk
    FOREIGN KEY (client_id) REFERENCES oauth_clients(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_grants ADD CONSTRAINT oauth_grants_client_fk
    FOREIGN KEY (client_id) REFERENCES oauth_clients(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_grants ADD CONSTRAINT oauth_grants_user_fk
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_grants ADD CONSTRAINT oauth_grants_session_fk
    FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_device_codes ADD CONSTRAINT oauth_device_codes_client_fk
    FOREIGN KEY (client_id) REFERENCES oauth_clients(id) ON DELETE CASCADE`,
  `ALTER TABLE oauth_device_codes ADD CONSTRAINT oauth_device_codes_user_fk
    FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
];

const TABLES = [
  'audit_log',
  'oauth_settings',
  'oauth_signing_keys',
  'oauth_device_codes',
  'oauth_grants',
  'oauth_consents',
  'oauth_client_secrets',
  'oauth_clients',
];

export class OAuth1763700000000 implements MigrationInterface {
  name = 'OAuth1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
