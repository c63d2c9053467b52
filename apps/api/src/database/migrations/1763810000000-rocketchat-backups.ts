import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What Rocket.Chat was like before the portal wrote to it, so that one command takes it back (F30); and what was found to differ last. */
export class RocketChatBackups1763810000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_backups (
      id uuid NOT NULL,
      created_at timestamp with time zone NOT NULL DEFAULT now(),
      reason varchar(20) NOT NULL,
      finished_at timestamp with time zone,
      content jsonb NOT NULL,
      CONSTRAINT rocketchat_backups_pk PRIMARY KEY (id)
    )`);
    // One row: nodes agree over it who looks, and the page shows it.
    await runner.query(`CREATE TABLE rocketchat_drift (
      id boolean NOT NULL,
      claimed_at timestamp with time zone,
      checked_at timestamp with time zone,
      found jsonb,
      CONSTRAINT rocketchat_drift_pk PRIMARY KEY (id),
      CONSTRAINT rocketchat_drift_one CHECK (id)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_drift');
    await runner.query('DROP TABLE rocketchat_backups');
  }
}
