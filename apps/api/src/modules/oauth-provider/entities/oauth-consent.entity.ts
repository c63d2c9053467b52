import type { OAuthScope } from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** What somebody has allowed a third-party application: asked once, remembered, revocable (F19). */
@Entity('oauth_consents')
@Index('oauth_consents_client', ['clientId'])
export class OAuthConsentEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'oauth_consents_pk' })
  userId!: string;

  @PrimaryColumn('uuid', { name: 'client_id', primaryKeyConstraintName: 'oauth_consents_pk' })
  clientId!: string;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'oauth_consents_user_fk' })
  user?: object;

  @ManyToOne('OAuthClientEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id', foreignKeyConstraintName: 'oauth_consents_client_fk' })
  client?: object;

  @Column('text', { array: true })
  scopes!: OAuthScope[];

  @CreateDateColumn({ name: 'allowed_at', type: 'timestamp with time zone' })
  allowedAt!: Date;
}
