import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a run of the bridge was begun, since the command line notes its own as well. */
export class RocketChatRunOrigin1763860000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rocketchat_runs ADD COLUMN origin varchar(20)');
    // Until now a run had a person, or was the portal's own.
    await runner.query(
      `UPDATE rocketchat_runs SET origin = CASE WHEN started_by IS NULL THEN 'portal' ELSE 'page' END`,
    );
    await runner.query('ALTER TABLE rocketchat_runs ALTER COLUMN origin SET NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rocketchat_runs DROP COLUMN origin');
  }
}
