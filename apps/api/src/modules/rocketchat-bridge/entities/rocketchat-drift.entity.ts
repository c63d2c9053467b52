import type { RocketChatPlan } from '@besedka/contracts';
import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The last look at what differs in Rocket.Chat: one row. */
@Entity('rocketchat_drift')
@Check('rocketchat_drift_one', 'id')
export class RocketChatDriftEntity {
  /** Always true. */
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'rocketchat_drift_pk' })
  id!: boolean;

  /** When a node last set out for the nightly look; the others then leave it alone. */
  @Column('timestamp with time zone', { name: 'claimed_at', nullable: true })
  claimedAt!: Date | null;

  /** Moment of `found`; null: nobody has looked yet. */
  @Column('timestamp with time zone', { name: 'checked_at', nullable: true })
  checkedAt!: Date | null;

  @Column('jsonb', { nullable: true })
  found!: RocketChatPlan | null;
}
