import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which account of Rocket.Chat is which person of ours. Names change on both sides, ids do not; an account is created or linked once
 * and never guessed again, so that nobody takes over a foreign one.
 */
export class RocketChatLinks1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_links (
      user_id uuid NOT NULL,
      rc_user_id varchar(100),
      username varchar(200),
      state varchar(8) NOT NULL DEFAULT 'waiting',
      written jsonb NOT NULL DEFAULT '{}',
      creating jsonb,
      conflict jsonb,
      choice jsonb,
      last_error jsonb,
      synced_at timestamp with time zone,
      updated_at timestamp with time zone NOT NULL DEFAULT now(),
      CONSTRAINT rocketchat_links_pk PRIMARY KEY (user_id),
      CONSTRAINT rocketchat_links_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
      CONSTRAINT rocketchat_links_state CHECK (state IN ('ready', 'waiting', 'conflict'))
    )`);
    // One account there is never two people here.
    await runner.query('CREATE UNIQUE INDEX rocketchat_links_account ON rocketchat_links (rc_user_id)');
    // The page shows those with something to do first.
    await runner.query(`CREATE INDEX rocketchat_links_open ON rocketchat_links (user_id) WHERE state <> 'ready'`);
    // While somebody's entry waits untouched, more changes of them need no second one; what is done for everybody waits for the rest.
    await runner.query('ALTER TABLE outbox ADD COLUMN begun_at timestamp with time zone');
    await runner.query('ALTER TABLE outbox ADD COLUMN priority smallint NOT NULL DEFAULT 0');
    // Ten thousand waiting entries are common after an outage: neither the turn of the next one nor "is mine waiting" may look at all.
    await runner.query('DROP INDEX outbox_due');
    await runner.query('CREATE INDEX outbox_turn ON outbox (topic, priority, next_attempt_at) WHERE done_at IS NULL');
    await runner.query('CREATE INDEX outbox_key ON outbox (topic, key, id) WHERE done_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_key');
    await runner.query('DROP INDEX outbox_turn');
    await runner.query('CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE done_at IS NULL');
    await runner.query('ALTER TABLE outbox DROP COLUMN priority');
    await runner.query('ALTER TABLE outbox DROP COLUMN begun_at');
    await runner.query('DROP TABLE rocketchat_links');
  }
}
