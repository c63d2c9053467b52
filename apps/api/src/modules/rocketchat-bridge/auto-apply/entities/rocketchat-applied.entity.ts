import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** With which versions the server last set Rocket.Chat up by itself: one row. */
@Entity('rocketchat_applied')
@Check('rocketchat_applied_one', 'id')
export class RocketChatAppliedEntity {
  /** Always true. */
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'rocketchat_applied_pk' })
  id!: boolean;

  /** Address of Rocket.Chat as browsers reach it. */
  @Column('varchar', { length: 2000 })
  url!: string;

  /** Version of Rocket.Chat. */
  @Column('varchar', { length: 100 })
  rocketchat!: string;

  /** Version and commit of the portal. */
  @Column('varchar', { length: 200 })
  portal!: string;

  @Column('timestamp with time zone', { name: 'applied_at' })
  appliedAt!: Date;
}
