import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Failed sign-ins of one name, one account or one address, and until when the next attempt has to wait. */
@Entity('login_throttles')
export class LoginThrottleEntity {
  /** `login:<sha256 of the login as typed, lower case>`, `user:<id>` or `address:<ip>`. */
  @PrimaryColumn('varchar', { length: 100, primaryKeyConstraintName: 'login_throttles_pk' })
  key!: string;

  /** As of `lastFailureAt`; the count of an address fades, so it need not be whole. */
  @Column('double precision')
  failures!: number;

  @Column('timestamp with time zone', { name: 'last_failure_at' })
  lastFailureAt!: Date;

  @Column('timestamp with time zone', { name: 'delayed_until', nullable: true })
  delayedUntil!: Date | null;

  /** Of a name: keys of the addresses from which it was tried, the latest first; lifting its delay lifts theirs. */
  @Column('text', { array: true, default: () => "'{}'" })
  addresses!: string[];
}
