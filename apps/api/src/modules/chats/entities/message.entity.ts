import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** A message, named by chat and sequence. A deleted one keeps its row (tombstone) without its body. */
@Entity('messages')
@Index('messages_client_id', ['authorId', 'clientId'], { unique: true })
@Index('messages_rev', ['chatId', 'rev'])
@Index('messages_deleted', ['chatId', 'seq', 'authorId'], {
  where: 'deleted_at IS NOT NULL',
})
export class MessageEntity {
  @PrimaryColumn('uuid', {
    name: 'chat_id',
    primaryKeyConstraintName: 'messages_pk',
  })
  chatId!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'messages_pk' })
  seq!: number;

  @ManyToOne('ChatEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'chat_id', foreignKeyConstraintName: 'messages_chat_fk' })
  chat?: object;

  /** The chat's change number that made the message what it is. */
  @Column('integer')
  rev!: number;

  @Column('uuid', { name: 'author_id' })
  authorId!: string;

  @ManyToOne('UserEntity', { onDelete: 'NO ACTION' })
  @JoinColumn({
    name: 'author_id',
    foreignKeyConstraintName: 'messages_author_fk',
  })
  author?: object;

  @Column('uuid', { name: 'client_id' })
  clientId!: string;

  @Column('text', { nullable: true })
  body!: string | null;

  @Column('integer', { name: 'reply_seq', nullable: true })
  replySeq!: number | null;

  /** Author of the original of a forwarded message. */
  @Column('uuid', { name: 'forward_author', nullable: true })
  forwardAuthor!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'edited_at', nullable: true })
  editedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
