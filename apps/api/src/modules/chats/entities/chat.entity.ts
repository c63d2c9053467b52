import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/**
 * A chat and its counters. `lastSeq` and `lastRev` are allotted under this row's lock. `topOrder`/`topAuthor`/`secondOrder` give every
 * member's place in their own list without a row per member: the place is `topOrder` for everybody but `topAuthor`, and for
 * `topAuthor` it is `secondOrder`, the place of the last message by somebody else.
 */
@Entity('chats')
@Index('chats_channel_key', ['channelKey'], {
  unique: true,
  where: 'channel_key IS NOT NULL',
})
@Index('chats_direct_key', ['directKey'], {
  unique: true,
  where: 'direct_key IS NOT NULL',
})
export class ChatEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'chats_pk' })
  id!: string;

  @Column('varchar', { length: 8 })
  kind!: 'direct' | 'group' | 'channel';

  @Column('varchar', { length: 80, nullable: true })
  title!: string | null;

  @Column('varchar', { length: 16, nullable: true })
  icon!: string | null;

  @Column('varchar', { name: 'channel_key', length: 40, nullable: true })
  channelKey!: string | null;

  /** Channels: the group whose people are members. */
  @Column('varchar', { name: 'required_group', length: 20, nullable: true })
  requiredGroup!: string | null;

  /** Direct chats: both user ids, sorted, joined by `:`; at most one chat per pair. */
  @Column('varchar', { name: 'direct_key', length: 73, nullable: true })
  directKey!: string | null;

  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @ManyToOne('UserEntity', { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({
    name: 'created_by',
    foreignKeyConstraintName: 'chats_created_by_fk',
  })
  creator?: object | null;

  @Column('integer', { name: 'last_seq', default: 0 })
  lastSeq!: number;

  @Column('integer', { name: 'last_rev', default: 0 })
  lastRev!: number;

  @Column('uuid', { name: 'top_author', nullable: true })
  topAuthor!: string | null;

  @Column('bigint', { name: 'top_order', default: 0 })
  topOrder!: string;

  @Column('bigint', { name: 'second_order', default: 0 })
  secondOrder!: string;

  @Column('integer', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;
}
