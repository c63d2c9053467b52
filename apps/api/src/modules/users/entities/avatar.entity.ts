import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';

/** The picture of a user, re-encoded by us: 256×256 WebP. */
@Entity('avatars')
export class AvatarEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'avatars_pk' })
  userId!: string;

  @OneToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'avatars_user_fk' })
  user?: object;

  @Column('bytea')
  content!: Buffer;
}
