import { Check, Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** How far the change stream was read. One row. */
@Entity('rocketchat_change_stream')
@Check('rocketchat_change_stream_one', 'id')
export class RocketChatChangeStreamEntity {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'rocketchat_change_stream_pk' })
  id!: true;

  /** MongoDB's resume token; null: read from now on. */
  @Column('jsonb', { nullable: true })
  token!: unknown;

  @CreateDateColumn({ name: 'noted_at', type: 'timestamp with time zone' })
  notedAt!: Date;
}
