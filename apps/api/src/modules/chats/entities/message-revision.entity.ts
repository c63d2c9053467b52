import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** An earlier text of an edited message. Goes when the message is deleted. */
@Entity('message_revisions')
export class MessageRevisionEntity {
  @PrimaryColumn('uuid', {
    name: 'chat_id',
    primaryKeyConstraintName: 'message_revisions_pk',
  })
  chatId!: string;

  @PrimaryColumn('integer', {
    primaryKeyConstraintName: 'message_revisions_pk',
  })
  seq!: number;

  /** The message's `rev` while it read so. */
  @PrimaryColumn('integer', {
    primaryKeyConstraintName: 'message_revisions_pk',
  })
  rev!: number;

  @ManyToOne('MessageEntity', { onDelete: 'CASCADE' })
  @JoinColumn([
    {
      name: 'chat_id',
      referencedColumnName: 'chatId',
      foreignKeyConstraintName: 'message_revisions_message_fk',
    },
    {
      name: 'seq',
      referencedColumnName: 'seq',
      foreignKeyConstraintName: 'message_revisions_message_fk',
    },
  ])
  message?: object;

  @Column('text')
  body!: string;

  @Column('timestamp with time zone', { name: 'written_at' })
  writtenAt!: Date;
}
