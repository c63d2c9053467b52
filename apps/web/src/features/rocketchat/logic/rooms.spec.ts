import type { RocketChatRoom } from '@besedka/contracts/rocketchat';
import { addressOf, dropRoom, isChannel, roomAt, sorted, takeAll, takeNumbers, takeRoom, totalUnread } from './rooms';

const room = (id: string, more: Partial<RocketChatRoom> = {}): RocketChatRoom => ({
  id,
  kind: 'direct',
  channelKey: null,
  title: id,
  icon: null,
  path: `/direct/${id}`,
  unread: 0,
  mentions: 0,
  order: 0,
  lastMessageAt: null,
  ...more,
});
const all = (...items: RocketChatRoom[]) => takeAll({ source: 'rest', items });

describe('my rooms of Rocket.Chat', () => {
  it('stand with the built-in channels first, then whoever somebody else posted in last', () => {
    const rooms = all(
      room('old', { order: 1 }),
      room('mods', { channelKey: 'moderators', kind: 'group' }),
      room('new', { order: 5 }),
      room('GENERAL', { channelKey: 'general', kind: 'channel' }),
      room('b', { order: 1, title: 'b' }),
    );
    expect(sorted(rooms).map(({ id }) => id)).toEqual(['GENERAL', 'mods', 'new', 'b', 'old']);
    expect(sorted(rooms).map(isChannel)).toEqual([true, true, false, false, false]);
  });

  it('take numbers as they are told, and none for a room that is not mine', () => {
    let rooms = all(room('a', { unread: 2 }), room('b'));
    rooms = takeNumbers(rooms, { chatId: 'b', engine: 'rocketchat', unread: 3, mentions: 1, order: 9 });
    expect(totalUnread(rooms)).toBe(5);
    expect(sorted(rooms)[0]).toMatchObject({ id: 'b', mentions: 1 });
    expect(takeNumbers(rooms, { chatId: 'x', engine: 'rocketchat', unread: 9, mentions: 0, order: 1 })).toBe(rooms);
  });

  it('come, change and go', () => {
    let rooms = takeRoom(all(room('a', { unread: 1 })), room('c', { title: 'Новая' }));
    rooms = takeRoom(rooms, room('c', { title: 'Другая' }));
    expect(rooms.get('c')?.title).toBe('Другая');
    rooms = dropRoom(rooms, 'a');
    expect([[...rooms.keys()], totalUnread(rooms)]).toEqual([['c'], 0]);
    expect([...takeAll({ source: 'none', items: [room('z')] }).keys()]).toEqual(['z']);
  });

  it('have an address: the key of a channel, else the id; both are understood', () => {
    const general = room('GENERAL', { channelKey: 'general' });
    const rooms = all(general, room('r1'));
    expect([addressOf(general), addressOf(room('r1'))]).toEqual(['general', 'r1']);
    expect(roomAt(rooms, 'general')).toBe(general);
    expect(roomAt(rooms, 'GENERAL')).toBe(general);
    expect(roomAt(rooms, 'r1')?.id).toBe('r1');
    expect(roomAt(rooms, 'nowhere')).toBeUndefined();
  });
});
