import { Column, CreateDateColumn, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import type { StoredRoom } from '../member-rooms.js';

/** A member's rooms and numbers as they were last known: shown while Rocket.Chat cannot be asked. */
@Entity('rocketchat_room_lists')
export class RocketChatRoomListEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'rocketchat_room_lists_pk' })
  userId!: string;

  @OneToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'rocketchat_room_lists_user_fk' })
  user?: object;

  @Column('jsonb')
  rooms!: StoredRoom[];

  @CreateDateColumn({ name: 'noted_at', type: 'timestamp with time zone' })
  notedAt!: Date;
}
