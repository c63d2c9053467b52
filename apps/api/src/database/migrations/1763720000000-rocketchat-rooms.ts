import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which room of Rocket.Chat is which channel of ours: names there are made by the server and changed by people, ids stay. */
export class RocketChatRooms1763720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rocketchat_rooms (
      channel varchar(100) NOT NULL,
      room_id varchar(100) NOT NULL,
      linked_at timestamp with time zone NOT NULL DEFAULT now(),
      CONSTRAINT rocketchat_rooms_pk PRIMARY KEY (channel)
    )`);
    await runner.query('CREATE UNIQUE INDEX rocketchat_rooms_room ON rocketchat_rooms (room_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rocketchat_rooms');
  }
}
