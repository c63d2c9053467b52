import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A channel of ours and the room of Rocket.Chat that is it. */
@Entity('rocketchat_rooms')
@Index('rocketchat_rooms_room', ['roomId'], { unique: true })
export class RocketChatRoomEntity {
  /** Key of the channel, e.g. `general`. */
  @PrimaryColumn('varchar', { length: 100, primaryKeyConstraintName: 'rocketchat_rooms_pk' })
  channel!: string;

  @Column('varchar', { name: 'room_id', length: 100 })
  roomId!: string;

  @CreateDateColumn({ name: 'linked_at', type: 'timestamp with time zone' })
  linkedAt!: Date;
}
