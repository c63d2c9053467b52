import { RoomPosts } from './room-posts.js';

describe('who posted last', () => {
  it('is asked of the last post by everybody but its author, and of the one before by the author', () => {
    const posts = new RoomPosts();
    posts.add('room', 'ann', 10);
    posts.add('room', 'bob', 20);
    posts.add('room', 'bob', 30);
    expect([posts.byOthers('room', 'ann'), posts.byOthers('room', 'cleo')]).toEqual([30, 30]);
    expect(posts.byOthers('room', 'bob')).toBe(10);
    expect([posts.last('room'), posts.byOthers('nowhere', 'ann'), posts.last('nowhere')]).toEqual([30, 0, 0]);
  });

  it('a room that is met as it stands keeps its place for the author too; one that changes has none for them', () => {
    const posts = new RoomPosts();
    posts.add('old', 'ann', 10, true);
    posts.add('new', 'ann', 10);
    expect([posts.byOthers('old', 'ann'), posts.byOthers('new', 'ann')]).toEqual([10, 0]);
    posts.add('old', 'ann', 20);
    expect(posts.byOthers('old', 'ann')).toBe(10);
  });

  it('what was stored by another process never goes back', () => {
    const posts = new RoomPosts();
    posts.add('room', 'ann', 20);
    posts.restore([
      ['room', { at: 10, by: 'bob', othersAt: 5 }],
      ['other', { at: 10, by: 'bob', othersAt: 5 }],
    ]);
    expect([posts.last('room'), posts.byOthers('other', 'bob')]).toEqual([20, 5]);
  });

  it('tells once what is to be stored, and again what could not be', () => {
    const posts = new RoomPosts();
    posts.add('room', 'ann', 10);
    expect(posts.takeChanged()).toEqual([['room', { at: 10, by: 'ann', othersAt: 0 }]]);
    posts.add('room', 'ann', 10);
    expect(posts.takeChanged()).toEqual([]);
    posts.giveBack(['room']);
    expect(posts.takeChanged()).toHaveLength(1);
  });

  it('a random walk, with posts told twice: for everybody the same as looking through all posts', () => {
    const people = ['ann', 'bob', 'cleo', 'dan'];
    let state = 7;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 200; round += 1) {
      const posts = new RoomPosts();
      const all: { by: string; at: number }[] = [];
      for (let at = 1; at <= 20; at += 1) {
        const post = draw(4) === 0 && all.length > 0 ? all[draw(all.length)] : { by: people[draw(4)] ?? '', at };
        if (post === undefined) continue;
        all.push(post);
        posts.add('room', post.by, post.at);
        for (const person of people) {
          const wanted = Math.max(0, ...all.filter(({ by }) => by !== person).map((one) => one.at));
          expect(posts.byOthers('room', person)).toBe(wanted);
        }
      }
    }
  });
});
