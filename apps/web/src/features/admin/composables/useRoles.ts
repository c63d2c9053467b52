import { BUILT_IN_ROLES } from '@besedka/contracts/permissions';
import type { Role } from '@besedka/contracts/users';
import { computed, shallowRef, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { fetchRoles } from '../api/usersApi';

export interface Roles {
  /** Highest first; empty until loaded. */
  all: ComputedRef<readonly Role[]>;
  title: (key: string) => string;
  /** One line on what the role is for; only built-in roles have it. */
  text: (key: string) => string | undefined;
  load: () => Promise<void>;
}

const builtIn = new Set(BUILT_IN_ROLES.map(({ key }) => key));

/** The roles of this installation with their names in the person's language; made roles keep the title they were given. */
export function useRoles(): Roles {
  const { t } = useI18n();
  const roles = shallowRef<readonly Role[]>([]);
  const titles = computed(() => new Map(roles.value.map(({ key, title }) => [key, title])));
  return {
    all: computed(() => roles.value),
    title: (key) => (builtIn.has(key) ? t(`admin.role.${key}.title`) : (titles.value.get(key) ?? key)),
    text: (key) => (builtIn.has(key) ? t(`admin.role.${key}.text`) : undefined),
    async load() {
      roles.value = (await fetchRoles()).items.toSorted((a, b) => b.level - a.level);
    },
  };
}
