import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Commands of the bridge that the administration page had done: who, when, how far, with what result. */
export class RocketChatRuns1763820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_runs (
      id uuid NOT NULL,
      kind varchar(20) NOT NULL,
      state varchar(20) NOT NULL,
      started_by varchar(100),
      started_at timestamp with time zone NOT NULL DEFAULT now(),
      finished_at timestamp with time zone,
      lease_until timestamp with time zone NOT NULL,
      backup_id uuid,
      file jsonb,
      steps jsonb NOT NULL,
      result jsonb,
      failure jsonb,
      CONSTRAINT rocketchat_runs_pk PRIMARY KEY (id)
    )`);
    // One at a time, whichever node and process asks.
    await runner.query(`CREATE UNIQUE INDEX rocketchat_runs_one ON rocketchat_runs (state) WHERE state = 'running'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_runs');
  }
}
