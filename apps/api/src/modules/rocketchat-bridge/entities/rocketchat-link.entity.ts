import type { RocketChatAccountState } from '@besedka/contracts';
import { Check, Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import type { LinkChoice, LinkConflict, LinkError, LinkIntent, LinkWritten } from '../sync/link.js';

/** A person of ours and the account of Rocket.Chat that is theirs. */
@Entity('rocketchat_links')
@Index('rocketchat_links_account', ['rocketChatId'], { unique: true })
@Index('rocketchat_links_open', ['userId'], { where: `state <> 'ready'` })
@Check('rocketchat_links_state', `state IN ('ready', 'waiting', 'conflict')`)
export class RocketChatLinkEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'rocketchat_links_pk' })
  userId!: string;

  @OneToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'rocketchat_links_user_fk' })
  user?: object;

  /** Null: there is no account of theirs yet. */
  @Column('varchar', { name: 'rc_user_id', length: 100, nullable: true })
  rocketChatId!: string | null;

  /** Their name there, as it was last seen or written. */
  @Column('varchar', { length: 200, nullable: true })
  username!: string | null;

  @Column('varchar', { length: 8, default: 'waiting' })
  state!: RocketChatAccountState;

  /** What Rocket.Chat does not tell and so cannot be compared. */
  @Column('jsonb', { default: {} })
  written!: LinkWritten;

  /** An account is being made: after a crash the one with this name and address is ours. */
  @Column('jsonb', { nullable: true })
  creating!: LinkIntent | null;

  /** The foreign account that stands in the way. */
  @Column('jsonb', { nullable: true })
  conflict!: LinkConflict | null;

  /** What an admin decided about a conflict. */
  @Column('jsonb', { nullable: true })
  choice!: LinkChoice | null;

  /** Why the last try failed; null: it did not. */
  @Column('jsonb', { name: 'last_error', nullable: true })
  lastError!: LinkError | null;

  /** When everything was last as it shall be. */
  @Column('timestamp with time zone', { name: 'synced_at', nullable: true })
  syncedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
