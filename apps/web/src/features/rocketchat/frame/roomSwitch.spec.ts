import { RoomSwitch, type RoomTarget } from './roomSwitch';

const GENERAL: RoomTarget = { id: 'GENERAL', path: '/channel/general' };
const VIP: RoomTarget = { id: 'vip-id', path: '/group/vip' };

function frame() {
  const sent: unknown[] = [];
  const opened: [string, boolean][] = [];
  let time = 0;
  let timers: { at: number; run: () => void }[] = [];
  const rooms = new RoomSwitch({
    send: ({ externalCommand, path }) => sent.push(`${String(externalCommand)} ${String(path)}`),
    opened: (id, asked) => opened.push([id, asked]),
    changed: () => undefined,
    later(run, ms) {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
  });
  return {
    rooms,
    sent: () => sent.splice(0),
    opened: () => opened.splice(0),
    pass(ms: number) {
      time += ms;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      due.forEach(({ run }) => run());
    },
  };
}

describe('rooms in the frame', () => {
  it('F21 switching is one message; the old room stays until the new one is reported open', () => {
    const { rooms, sent, opened } = frame();
    rooms.ready();
    rooms.heard('GENERAL');
    expect(opened()).toEqual([['GENERAL', false]]);
    rooms.want(VIP);
    expect([sent(), rooms.shown, opened()]).toEqual([['go /group/vip?layout=embedded'], 'GENERAL', []]);
    rooms.heard('vip-id');
    expect([rooms.shown, opened(), rooms.wanted]).toEqual(['vip-id', [['vip-id', true]], null]);
  });

  it('shows progress after 300 ms, and after five seconds says that nothing came', () => {
    const { rooms, pass } = frame();
    rooms.ready();
    rooms.heard('GENERAL');
    rooms.want(VIP);
    pass(200);
    expect(rooms.slow).toBe(false);
    pass(200);
    expect(rooms.slow).toBe(true);
    pass(5_000);
    expect([rooms.slow, rooms.failed, rooms.shown]).toEqual([false, true, 'GENERAL']);
    rooms.heard('vip-id');
    expect([rooms.failed, rooms.shown]).toEqual([false, 'vip-id']);
  });

  it('can be tried again, or given up', () => {
    const { rooms, pass, sent } = frame();
    rooms.ready();
    rooms.heard('GENERAL');
    rooms.want(VIP);
    pass(6_000);
    rooms.retry();
    expect([sent().length, rooms.failed]).toEqual([2, false]);
    pass(6_000);
    rooms.giveUp();
    expect([rooms.failed, rooms.wanted]).toEqual([false, null]);
  });

  it('a room opened inside the frame is followed, and never asked for again', () => {
    const { rooms, sent, opened } = frame();
    rooms.ready();
    rooms.heard('GENERAL');
    rooms.heard('other');
    expect([opened(), sent()]).toEqual([
      [
        ['GENERAL', false],
        ['other', false],
      ],
      [],
    ]);
    rooms.want({ id: 'other', path: '/direct/other' });
    expect([sent(), opened()]).toEqual([[], [['other', true]]]);
  });

  it('just signed in, the room that Rocket.Chat opens by itself is waited for', () => {
    const { rooms, sent, pass } = frame();
    rooms.want(VIP);
    expect(sent()).toEqual([]);
    rooms.ready();
    pass(1_000);
    expect(sent()).toEqual([]);
    rooms.heard('vip-id');
    pass(10_000);
    expect([sent(), rooms.failed]).toEqual([[], false]);
  });

  it.each([
    ['another one came', true],
    ['none came', false],
  ])('and when it is not the wanted one, that is asked for once: %s', (_name, other) => {
    const { rooms, sent, pass, opened } = frame();
    rooms.want(VIP);
    rooms.ready();
    if (other) rooms.heard('GENERAL');
    pass(2_500);
    expect(sent()).toEqual(['go /group/vip?layout=embedded']);
    // On the way from one to the other there is no address to follow.
    expect(opened()).toEqual([]);
    rooms.heard('vip-id');
    expect(opened()).toEqual([['vip-id', true]]);
  });

  it('no room at all after the sign-in is a failure too', () => {
    const { rooms, pass } = frame();
    rooms.ready();
    pass(5_000);
    expect(rooms.failed).toBe(true);
  });

  it('what the frame says before the sign-in is certain is not listened to', () => {
    const { rooms, opened } = frame();
    rooms.heard('GENERAL');
    expect([rooms.shown, opened()]).toEqual([null, []]);
    rooms.ready();
    rooms.heard('GENERAL');
    rooms.lost();
    expect(rooms.shown).toBeNull();
    rooms.want(GENERAL);
    expect(opened()).toEqual([['GENERAL', false]]);
  });

  it('the last of quick choices wins', () => {
    const { rooms, sent, opened } = frame();
    rooms.ready();
    rooms.heard('GENERAL');
    rooms.want(VIP);
    rooms.want({ id: 'c', path: '/direct/c' });
    expect(sent()).toEqual(['go /group/vip?layout=embedded', 'go /direct/c?layout=embedded']);
    rooms.heard('vip-id');
    rooms.heard('c');
    expect(opened().at(-1)).toEqual(['c', true]);
    expect(rooms.shown).toBe('c');
  });
});
