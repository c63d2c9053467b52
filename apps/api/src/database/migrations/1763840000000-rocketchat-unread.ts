import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept of unread numbers in Rocket.Chat: the order (who posted last in a room, two facts a room instead of one a member), the
 * last known list of each member, and how far the change stream was read.
 */
export class RocketChatUnread1763840000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_room_posts (
      room_id varchar(100) NOT NULL,
      posted_by varchar(100) NOT NULL,
      posted_at timestamp with time zone NOT NULL,
      others_at timestamp with time zone,
      CONSTRAINT rocketchat_room_posts_pk PRIMARY KEY (room_id)
    )`);
    await runner.query(`CREATE TABLE rocketchat_room_lists (
      user_id uuid NOT NULL,
      rooms jsonb NOT NULL,
      noted_at timestamp with time zone NOT NULL DEFAULT now(),
      CONSTRAINT rocketchat_room_lists_pk PRIMARY KEY (user_id),
      CONSTRAINT rocketchat_room_lists_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    )`);
    await runner.query(`CREATE TABLE rocketchat_change_stream (
      id boolean NOT NULL,
      token jsonb,
      noted_at timestamp with time zone NOT NULL DEFAULT now(),
      CONSTRAINT rocketchat_change_stream_pk PRIMARY KEY (id),
      CONSTRAINT rocketchat_change_stream_one CHECK (id)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_change_stream');
    await runner.query('DROP TABLE rocketchat_room_lists');
    await runner.query('DROP TABLE rocketchat_room_posts');
  }
}
