import type { MigrationInterface, QueryRunner } from 'typeorm';

/** With which versions on both sides the server last set Rocket.Chat up by itself. */
export class RocketChatApplied1763850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_applied (
      id boolean NOT NULL,
      url varchar(2000) NOT NULL,
      rocketchat varchar(100) NOT NULL,
      portal varchar(200) NOT NULL,
      applied_at timestamp with time zone NOT NULL,
      CONSTRAINT rocketchat_applied_pk PRIMARY KEY (id),
      CONSTRAINT rocketchat_applied_one CHECK (id)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_applied');
  }
}
