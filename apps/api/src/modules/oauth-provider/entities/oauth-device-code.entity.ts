import type { OAuthScope } from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** A device that waits for somebody to type its code (RFC 8628). The device code itself is derived from `id`. */
@Entity('oauth_device_codes')
@Index('oauth_device_codes_user_code', ['userCodeHash'], { unique: true })
@Index('oauth_device_codes_expires', ['expiresAt'])
export class OAuthDeviceCodeEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'oauth_device_codes_pk' })
  id!: string;

  @Column('uuid', { name: 'client_id' })
  clientId!: string;

  @ManyToOne('OAuthClientEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id', foreignKeyConstraintName: 'oauth_device_codes_client_fk' })
  client?: object;

  /** HMAC-SHA-256 of the user code, hex. */
  @Column('char', { name: 'user_code_hash', length: 64 })
  userCodeHash!: string;

  @Column('text', { array: true })
  scopes!: OAuthScope[];

  /** Seconds that the device has to wait between two polls; grows when it does not. */
  @Column('integer', { name: 'interval_seconds' })
  intervalSeconds!: number;

  @Column('timestamp with time zone', { name: 'last_polled_at', nullable: true })
  lastPolledAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('varchar', { length: 7, nullable: true })
  decision!: 'allowed' | 'refused' | null;

  /** Who allowed it. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'oauth_device_codes_user_fk' })
  user?: object;

  /** The device's own session, begun when it was allowed. */
  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @Column('timestamp with time zone', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
