import { SEARCH_MAX } from '@besedka/contracts/limits';
import { USER_SORTS, USER_STATUSES, type UserStatus } from '@besedka/contracts/users';

export type UserSort = (typeof USER_SORTS)[number];
export type SortDirection = 'asc' | 'desc';

/** What the table shows: search, filters and order. All of it lives in the address, so reload, back and sharing keep it. */
export interface UserListState {
  q: string;
  /** Role key; null shows all. */
  role: string | null;
  status: UserStatus | null;
  sort: UserSort;
  direction: SortDirection;
}

export const DEFAULT_LIST: Readonly<UserListState> = {
  q: '',
  role: null,
  status: null,
  sort: 'fullName',
  direction: 'asc',
};

type QueryValue = string | null | undefined | (string | null)[];
/** The query of an address as the router gives it. */
export type AddressQuery = Record<string, QueryValue>;

const single = (value: QueryValue): string => (Array.isArray(value) ? value[0] : value) ?? '';
const oneOf = <T extends string>(known: readonly T[], value: string): T | undefined =>
  known.find((entry) => entry === value);

/** Reads an address somebody may have typed or shortened: whatever is unknown falls back to the default. */
export function listFromQuery(query: AddressQuery): UserListState {
  const sort = oneOf(USER_SORTS, single(query['sort'])) ?? DEFAULT_LIST.sort;
  const role = single(query['role']);
  return {
    q: single(query['q']).trim().slice(0, SEARCH_MAX),
    role: /^[a-z0-9_]{1,40}$/.test(role) ? role : null,
    status: oneOf(USER_STATUSES, single(query['status'])) ?? null,
    sort,
    direction: oneOf(['asc', 'desc'] as const, single(query['direction'])) ?? firstDirection(sort),
  };
}

/** The shortest query that {@link listFromQuery} reads back as the same state. */
export function listToQuery(state: UserListState): Record<string, string> {
  return {
    ...(state.q && { q: state.q }),
    ...(state.role && { role: state.role }),
    ...(state.status && { status: state.status }),
    ...(state.sort !== DEFAULT_LIST.sort && { sort: state.sort }),
    ...(state.direction !== firstDirection(state.sort) && { direction: state.direction }),
  };
}

/** Names begin at A; of times the newest is what people look for. */
export const firstDirection = (sort: UserSort): SortDirection =>
  sort === 'createdAt' || sort === 'lastSeenAt' ? 'desc' : 'asc';

/** A press on a column's heading: the same column turns around, another begins in its own direction. */
export function pressColumn(state: UserListState, sort: UserSort): UserListState {
  if (state.sort !== sort) return { ...state, sort, direction: firstDirection(sort) };
  return { ...state, direction: state.direction === 'asc' ? 'desc' : 'asc' };
}

/** Value of `aria-sort` for a column's heading. */
export function ariaSort(state: UserListState, sort: UserSort): 'ascending' | 'descending' | 'none' {
  if (state.sort !== sort) return 'none';
  return state.direction === 'asc' ? 'ascending' : 'descending';
}

export const isFiltered = (state: UserListState): boolean =>
  state.q !== '' || state.role !== null || state.status !== null;
