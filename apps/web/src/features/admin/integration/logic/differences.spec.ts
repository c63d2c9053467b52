import { describe, expect, it } from '@jest/globals';
import { grouped, shortId, shownValue } from './differences';

describe('differences as people read them', () => {
  it('stand in groups, in the order of the steps', () => {
    const differ = (kind: 'setting' | 'channel', id: string) => ({ kind, id, from: null, to: 'x' });
    const all = [differ('setting', 'a'), differ('channel', 'b'), differ('setting', 'c')];
    expect(grouped(all)).toEqual([
      { kind: 'setting', items: [all[0], all[2]] },
      { kind: 'channel', items: [all[1]] },
    ]);
  });

  it.each([
    [null, { kind: 'word', key: 'nothing' }],
    ['', { kind: 'word', key: 'empty' }],
    [true, { kind: 'word', key: 'yes' }],
    [0, { kind: 'literal', text: '0' }],
    ['completed', { kind: 'literal', text: 'completed' }],
    [['admin', 'owner'], { kind: 'literal', text: 'admin, owner' }],
    [[], { kind: 'word', key: 'empty' }],
    [{ a: 1 }, { kind: 'literal', text: '{"a":1}' }],
    ['(another secret)', { kind: 'word', key: 'otherSecret' }],
    [['#(address of Общий чат)'], { kind: 'word', key: 'addressOf', named: { title: 'Общий чат' } }],
    [['#general'], { kind: 'literal', text: '#general' }],
    ['(address of Общий чат)', { kind: 'word', key: 'addressOf', named: { title: 'Общий чат' } }],
  ])('%j', (value, shown) => expect(shownValue('Some_Setting', value)).toEqual(shown));

  it('say what kind a room is, and leave out what all fields of the provider begin with', () => {
    expect(shownValue('vip.type', 'p')).toEqual({ kind: 'word', key: 'private' });
    expect(shortId({ kind: 'setting', id: 'Site_Url' })).toBe('Site_Url');
    expect(shortId({ kind: 'provider', id: 'Accounts_OAuth_Custom-Besedka-token_path' })).toBe('token_path');
    expect(shortId({ kind: 'provider', id: 'Accounts_OAuth_Custom-Besedka' })).toBe('enabled');
  });
});
