import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who was signed in to Rocket.Chat through which session of the portal, so that the end of the session ends it there too, also after an
 * outage. No key to `sessions`: a row outlives its session until Rocket.Chat has confirmed.
 */
export class RocketChatSignIns1763830000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_sign_ins (
      id uuid NOT NULL,
      session_id uuid NOT NULL,
      user_id uuid NOT NULL,
      rc_user_id varchar(100),
      token bytea,
      created_at timestamp with time zone NOT NULL DEFAULT now(),
      given_at timestamp with time zone NOT NULL DEFAULT now(),
      expires_at timestamp with time zone NOT NULL,
      ended_at timestamp with time zone,
      everywhere boolean NOT NULL DEFAULT false,
      CONSTRAINT rocketchat_sign_ins_pk PRIMARY KEY (id),
      CONSTRAINT rocketchat_sign_ins_user_fk FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
    )`);
    await runner.query('CREATE INDEX rocketchat_sign_ins_session ON rocketchat_sign_ins (session_id)');
    await runner.query('CREATE INDEX rocketchat_sign_ins_user ON rocketchat_sign_ins (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_sign_ins');
  }
}
