import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** A person's account. Deleting is soft: names and addresses are unique among live rows only. */
@Entity('users')
@Index('users_username_live', ['username'], { unique: true, where: 'deleted_at IS NULL' })
@Index('users_email_live', ['emailKey'], { unique: true, where: 'deleted_at IS NULL' })
@Index('users_full_name', ['fullName', 'id'])
@Index('users_created_at', ['createdAt', 'id'])
export class UserEntity {
  /** UUID v7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pk' })
  id!: string;

  /** Always lower case. */
  @Column('varchar', { length: 32 })
  username!: string;

  /** As typed. */
  @Column('varchar', { length: 254, nullable: true })
  email!: string | null;

  /** Lower-case `email`, the key it is found and compared by. */
  @Column('varchar', { name: 'email_key', length: 254, nullable: true })
  emailKey!: string | null;

  @Column('varchar', { name: 'full_name', length: 120 })
  fullName!: string;

  /** 0: no picture. Part of the picture's address, so that a new one is fetched. */
  @Column('integer', { name: 'avatar_version', default: 0 })
  avatarVersion!: number;

  @Column('varchar', { length: 2, default: 'ru' })
  locale!: 'ru' | 'en';

  @Column('varchar', { length: 6, default: 'system' })
  theme!: 'system' | 'light' | 'dark';

  @Column('boolean', { name: 'enter_sends', default: true })
  enterSends!: boolean;

  @Column('varchar', { length: 8 })
  status!: 'invited' | 'active' | 'disabled';

  /** Argon2id, PHC string; null until activation. */
  @Column('varchar', { name: 'password_hash', length: 200, nullable: true })
  passwordHash!: string | null;

  @Column('timestamp with time zone', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  /** Optimistic lock of the account as a resource; presence and picture do not move it. */
  @Column('integer', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamp with time zone' })
  updatedAt!: Date;

  @Column('timestamp with time zone', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
