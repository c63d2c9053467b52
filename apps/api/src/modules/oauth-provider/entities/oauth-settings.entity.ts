import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row of settings that the admin panel changes. */
@Entity('oauth_settings')
export class OAuthSettingsEntity {
  /** Always 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'oauth_settings_pk' })
  id!: number;

  /** Role names that other applications get: key of our role → names. */
  @Column('jsonb', { name: 'role_names' })
  roleNames!: Record<string, string[]>;

  /** Whether the client of local mode was made here; it is not made again when somebody deletes it. */
  @Column('boolean', { name: 'local_client_made', default: false })
  localClientMade!: boolean;

  @Column('integer', { default: 1 })
  version!: number;
}
