import { Injectable } from '@nestjs/common';
import type { CreateRole, PutRole } from '@besedka/contracts';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { RoleEntity } from './entities/role.entity.js';

const COLUMNS = 'key, title, built_in AS "builtIn", level, groups, permissions, manages, version';

/** Statements on roles and on who holds them. */
@Injectable()
export class RolesRepository {
  constructor(private readonly database: Database) {}

  /** All roles, highest first. A handful: the whole table is one small read. */
  all(tx?: UnitOfWorkTx): Promise<RoleEntity[]> {
    return (tx ?? this.database).query<RoleEntity>(`SELECT ${COLUMNS} FROM roles ORDER BY level DESC, key`);
  }

  /** One role, locked until the transaction ends. */
  async lock(tx: UnitOfWorkTx, key: string): Promise<RoleEntity | null> {
    const [role] = await tx.query<RoleEntity>(`SELECT ${COLUMNS} FROM roles WHERE key = $1 FOR UPDATE`, [key]);
    return role ?? null;
  }

  async insert(tx: UnitOfWorkTx, role: CreateRole): Promise<void> {
    await tx.query(
      'INSERT INTO roles (key, title, level, groups, permissions, manages) VALUES ($1, $2, $3, $4, $5, $6)',
      [role.key, role.title, role.level, role.groups, role.permissions, role.manages],
    );
  }

  async update(tx: UnitOfWorkTx, key: string, role: PutRole): Promise<void> {
    await tx.query(
      `UPDATE roles SET title = $2, level = $3, groups = $4, permissions = $5, manages = $6, version = version + 1
       WHERE key = $1`,
      [key, role.title, role.level, role.groups, role.permissions, role.manages],
    );
  }

  /** Makes a built-in role what this build says; its title stays as the administrators have it. @returns whether it changed */
  async upsertBuiltIn(tx: UnitOfWorkTx, role: CreateRole): Promise<boolean> {
    const changed = await tx.query(
      `INSERT INTO roles AS r (key, title, built_in, level, groups, permissions, manages)
       VALUES ($1, $2, true, $3, $4, $5, $6)
       ON CONFLICT (key) DO UPDATE SET
         built_in = true, level = excluded.level, groups = excluded.groups, permissions = excluded.permissions,
         manages = excluded.manages, version = r.version + 1
       WHERE (r.built_in, r.level, r.groups, r.permissions, r.manages)
         IS DISTINCT FROM (true, excluded.level, excluded.groups, excluded.permissions, excluded.manages)
       RETURNING r.key`,
      [role.key, role.title, role.level, role.groups, role.permissions, role.manages],
    );
    return changed.length > 0;
  }

  async remove(tx: UnitOfWorkTx, key: string): Promise<void> {
    await tx.query('DELETE FROM roles WHERE key = $1', [key]);
  }

  /** Ids of those who hold any of these roles, among accounts that are not deleted. */
  async holders(tx: UnitOfWorkTx, keys: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT DISTINCT ur.user_id AS id FROM user_roles ur JOIN users u ON u.id = ur.user_id
       WHERE ur.role_key = ANY ($1::text[]) AND u.deleted_at IS NULL`,
      [keys],
    );
    return rows.map((row) => row.id);
  }

  /** Makes `keys` the roles of an account. */
  async assign(tx: UnitOfWorkTx, userId: string, keys: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM user_roles WHERE user_id = $1 AND NOT (role_key = ANY ($2::text[]))', [userId, keys]);
    await tx.query(
      `INSERT INTO user_roles (user_id, role_key) SELECT $1::uuid, key FROM unnest($2::text[]) AS t (key)
       ON CONFLICT DO NOTHING`,
      [userId, keys],
    );
  }

  /** Whether any living, active account holds a role with this permission. */
  async anyActiveHolder(tx: UnitOfWorkTx, permission: string): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>(
      `SELECT EXISTS (
         SELECT 1 FROM roles r JOIN user_roles ur ON ur.role_key = r.key JOIN users u ON u.id = ur.user_id
         WHERE $1 = ANY (r.permissions) AND u.status = 'active' AND u.deleted_at IS NULL
       ) AS found`,
      [permission],
    );
    return row?.found === true;
  }
}
