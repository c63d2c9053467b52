import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A named set of permissions. Names in the arrays come from the typed tables in `@besedka/contracts`. */
@Entity('roles')
export class RoleEntity {
  @PrimaryColumn('varchar', { length: 40, primaryKeyConstraintName: 'roles_pk' })
  key!: string;

  @Column('varchar', { length: 60 })
  title!: string;

  @Column('boolean', { name: 'built_in', default: false })
  builtIn!: boolean;

  @Column('integer')
  level!: number;

  @Column('text', { array: true, default: () => "'{}'" })
  groups!: string[];

  @Column('text', { array: true, default: () => "'{}'" })
  permissions!: string[];

  /** Role keys whose holders this role may manage; `*`: everybody below. */
  @Column('text', { array: true, default: () => "'{}'" })
  manages!: string[];

  @Column('integer', { default: 1 })
  version!: number;
}
