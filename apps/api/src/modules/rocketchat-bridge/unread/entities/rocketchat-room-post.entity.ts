import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who posted last in a room of Rocket.Chat, and when somebody else had before: what everybody's order is made from. */
@Entity('rocketchat_room_posts')
export class RocketChatRoomPostEntity {
  @PrimaryColumn('varchar', { name: 'room_id', length: 100, primaryKeyConstraintName: 'rocketchat_room_posts_pk' })
  roomId!: string;

  /** Id of the author there. */
  @Column('varchar', { name: 'posted_by', length: 100 })
  postedBy!: string;

  @Column('timestamp with time zone', { name: 'posted_at' })
  postedAt!: Date;

  /** When anybody but that author last posted; null: not known. */
  @Column('timestamp with time zone', { name: 'others_at', nullable: true })
  othersAt!: Date | null;
}
