import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** Who holds which role. The partial unique index is the rule "exactly one owner" (its "at least one" is kept by the service). */
@Entity('user_roles')
@Index('user_roles_one_owner', ['roleKey'], { unique: true, where: "role_key = 'owner'" })
@Index('user_roles_role', ['roleKey', 'userId'])
export class UserRoleEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'user_roles_pk' })
  userId!: string;

  @PrimaryColumn('varchar', { name: 'role_key', length: 40, primaryKeyConstraintName: 'user_roles_pk' })
  roleKey!: string;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'user_roles_user_fk' })
  user?: object;

  @ManyToOne('RoleEntity', { onDelete: 'RESTRICT' })
  @JoinColumn({ name: 'role_key', foreignKeyConstraintName: 'user_roles_role_fk' })
  role?: object;
}
