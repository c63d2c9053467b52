import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/**
 * Membership, which is also the right to read and write. Unread is arithmetic over these numbers:
 * `chat.lastSeq − readSeq − ownAfterRead − (deleted messages of others after readSeq)`.
 */
@Entity('chat_members')
@Index('chat_members_user', ['userId', 'chatId'])
export class ChatMemberEntity {
  @PrimaryColumn('uuid', {
    name: 'chat_id',
    primaryKeyConstraintName: 'chat_members_pk',
  })
  chatId!: string;

  @PrimaryColumn('uuid', {
    name: 'user_id',
    primaryKeyConstraintName: 'chat_members_pk',
  })
  userId!: string;

  @ManyToOne('ChatEntity', { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'chat_id',
    foreignKeyConstraintName: 'chat_members_chat_fk',
  })
  chat?: object;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'user_id',
    foreignKeyConstraintName: 'chat_members_user_fk',
  })
  user?: object;

  @Column('varchar', { length: 6, default: 'member' })
  role!: 'owner' | 'member';

  /** A new member starts at the chat's end. */
  @Column('integer', { name: 'read_seq', default: 0 })
  readSeq!: number;

  /** Own messages after `readSeq`, deleted ones included; not 0 only after "mark as unread". */
  @Column('integer', { name: 'own_after_read', default: 0 })
  ownAfterRead!: number;

  /** The chat is in my list while `chat.lastSeq > hiddenSeq`, and messages up to it are not shown to me. −1: always in the list. */
  @Column('integer', { name: 'hidden_seq', default: -1 })
  hiddenSeq!: number;

  /** My list's place of the chat before anybody else has posted since I joined. */
  @Column('bigint', { name: 'joined_order', default: 0 })
  joinedOrder!: string;

  @CreateDateColumn({ name: 'joined_at', type: 'timestamp with time zone' })
  joinedAt!: Date;
}
