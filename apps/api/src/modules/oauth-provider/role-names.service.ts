import type { PutRoleNames, RoleNames } from '@besedka/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { invalidField } from '../../common/errors/app-error.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { RolesService } from '../roles/roles.service.js';
import { StaleVersion, withCurrent } from '../users/stale-version.js';
import './oauth.events.js';
import { RoleNamesRepository } from './role-names.repository.js';
import { ShortCache } from './short-cache.js';

/** Longest that another process may work with the mapping of before. */
const CACHE_MS = 1_000;
/** Everybody who signs in has this name besides. */
const EVERYBODY = 'user';

type Mapping = ReadonlyMap<string, readonly string[]>;

/** Which role names other applications get for our roles. */
@Injectable()
export class RoleNamesService implements OnModuleInit {
  private readonly cache: ShortCache<Mapping>;

  constructor(
    private readonly repository: RoleNamesRepository,
    private readonly roles: RolesService,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: DomainEvents,
  ) {
    this.cache = new ShortCache(async () => mappingOf((await repository.read()).roleNames), CACHE_MS, 1);
  }

  onModuleInit(): void {
    this.events.on('oauth.role-names-changed', () => this.cache.clear());
  }

  /** What a person with these roles is called elsewhere: sorted, each once, `user` always among them. Usually without a statement. */
  async namesFor(roleKeys: readonly string[]): Promise<string[]> {
    const mapping = await this.cache.get('');
    return [...new Set([EVERYBODY, ...roleKeys.flatMap((key) => mapping.get(key) ?? [])])].sort();
  }

  /** Every role that there is, with its names. */
  async get(ctx: RequestContext): Promise<RoleNames> {
    const [row, roles] = await Promise.all([this.repository.read(), this.roles.list(ctx)]);
    const mapping = mappingOf(row.roleNames);
    return {
      items: roles.map(({ key, title }) => ({ role: key, title, names: [...(mapping.get(key) ?? [])] })),
      version: row.version,
    };
  }

  /**
   * Replaces the whole mapping; it holds for the next answer.
   * @param version the one that the client edited
   * @throws AppError `version_conflict` with the mapping as it is now, `role_unknown`, `validation_failed` for a role named twice
   */
  async replace(ctx: RequestContext, version: number, wanted: PutRoleNames): Promise<RoleNames> {
    const twice = wanted.items.findIndex(({ role }, index) => wanted.items.findIndex((o) => o.role === role) < index);
    if (twice >= 0) throw invalidField(`items.${twice}.role`, 'duplicate', 'the role is named twice');
    const change = async (tx: UnitOfWorkTx): Promise<void> => {
      const before = await this.repository.lock(tx);
      if (before.version !== version) throw new StaleVersion();
      (await this.roles.table(tx)).pick(wanted.items.map(({ role }) => role));
      const after = new Map(
        wanted.items.flatMap(({ role, names }) => (names.length === 0 ? [] : [[role, [...new Set(names)].sort()]])),
      );
      const roles = changedRoles(mappingOf(before.roleNames), after);
      if (roles.length === 0) return;
      await this.repository.write(tx, Object.fromEntries(after));
      await this.audit.record(ctx, tx, 'oauth.role-names.changed', null, { roles });
      tx.emit('oauth.role-names-changed', { version: version + 1 });
    };
    await withCurrent(
      () => this.unitOfWork.run(ctx, change),
      () => this.get(ctx),
    );
    return this.get(ctx);
  }
}

/** A map rather than the stored object: a role may be called `constructor`. */
const mappingOf = (stored: Readonly<Record<string, readonly string[]>>): Mapping => new Map(Object.entries(stored));

function changedRoles(before: Mapping, after: Mapping): string[] {
  const text = (mapping: Mapping, role: string): string => [...(mapping.get(role) ?? [])].sort().join();
  const roles = new Set([...before.keys(), ...after.keys()]);
  return [...roles].filter((role) => text(before, role) !== text(after, role)).sort();
}
