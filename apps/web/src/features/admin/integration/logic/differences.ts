import type { RocketChatDifference, RocketChatDifferenceKind } from '@besedka/contracts/rocketchat-admin';

export type DifferenceValue = RocketChatDifference['from'];

/** Differences of one kind, in their order. */
export interface DifferenceGroup {
  readonly kind: RocketChatDifferenceKind;
  readonly items: readonly RocketChatDifference[];
}

/** By kind; kinds and differences keep the order in which they came, which is the order of the steps. */
export function grouped(differences: readonly RocketChatDifference[]): DifferenceGroup[] {
  const groups = new Map<RocketChatDifferenceKind, RocketChatDifference[]>();
  for (const difference of differences) {
    const items = groups.get(difference.kind) ?? [];
    items.push(difference);
    groups.set(difference.kind, items);
  }
  return [...groups].map(([kind, items]) => ({ kind, items }));
}

/** Phrases that the server says in place of a value, with the key of what people read. */
const PHRASES: Readonly<Record<string, string>> = {
  '(another secret)': 'otherSecret',
  '(secret of the application)': 'ourSecret',
  '(secret of the backup)': 'keptSecret',
  '(another token)': 'otherToken',
  '(token of the portal)': 'ourToken',
  '(token of the backup)': 'keptToken',
  there: 'there',
  '(client id of the new application)': 'newClientId',
  'new application': 'newClient',
  offered: 'offered',
};

const ROOM_TYPES = { c: 'public', p: 'private' } as const;

/** The fields of our provider without what all of them begin with; its switch is `enabled`. */
export function shortId({ kind, id }: Pick<RocketChatDifference, 'kind' | 'id'>): string {
  if (kind !== 'provider') return id;
  return id.replace(/^Accounts_OAuth_Custom-[^-]+-?/, '') || 'enabled';
}

/** How a value is shown: literally, or as a text of `integration.diff`. */
export type ShownValue =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'word'; readonly key: string; readonly named?: Readonly<Record<string, string>> };

/** @param id of the difference: the kind of a room is a letter of Rocket.Chat's */
export function shownValue(id: string, value: DifferenceValue): ShownValue {
  if (value === null) return { kind: 'word', key: 'nothing' };
  if (id.endsWith('.type') && (value === 'c' || value === 'p')) return { kind: 'word', key: ROOM_TYPES[value] };
  if (value === '' || (Array.isArray(value) && value.length === 0)) return { kind: 'word', key: 'empty' };
  if (typeof value === 'boolean') return { kind: 'word', key: value ? 'yes' : 'no' };
  if (typeof value === 'number') return { kind: 'literal', text: String(value) };
  // The room of a webhook stands in a list, with the sign before names of rooms.
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  const title = typeof one === 'string' ? /^#?\(address of (.+)\)$/.exec(one)?.[1] : undefined;
  if (title !== undefined) return { kind: 'word', key: 'addressOf', named: { title } };
  if (typeof value !== 'string') return { kind: 'literal', text: listed(value) };
  const key = PHRASES[value];
  return key === undefined ? { kind: 'literal', text: value } : { kind: 'word', key };
}

function listed(value: readonly unknown[] | Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  const plain = value.every((one) => typeof one === 'string' || typeof one === 'number');
  return plain ? value.join(', ') : JSON.stringify(value);
}
