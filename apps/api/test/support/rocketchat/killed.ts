import type { RocketChatDouble } from '@besedka/rocketchat/testing';

/** Lets so many writes through; after that the process is as good as dead: nothing is sent, and no answer comes back. */
export function dyingAfter(writes: number): { fetch: typeof fetch; retry: { attempts: number } } {
  let left = writes;
  const fetchUntilDeath: typeof fetch = async (input, init) => {
    if (left <= 0) throw new Error('killed');
    const isWrite =
      /^(?:POST|PUT)$/.test(init?.method ?? '') &&
      !String(input instanceof Request ? input.url : input).endsWith('/login');
    const answer = await fetch(input, init);
    if (isWrite && answer.ok) {
      left -= 1;
      // The write arrived, the answer never does.
      if (left === 0) throw new Error('killed');
    }
    return answer;
  };
  return { fetch: fetchUntilDeath, retry: { attempts: 1 } };
}

/** Where to die: after every write, or once within each kind of write (7.x writes some forty settings one by one). */
export function deaths(server: RocketChatDouble, where: 'every' | 'each kind'): number[] {
  const kinds = server.writes.map(({ path }) => path.replace(/\/settings\/.*/, '/settings'));
  return kinds.flatMap((kind, n) => (where === 'every' || kind !== kinds[n - 1] ? [n + 1] : []));
}

/** What there is, without what differs between two servers. */
export function stateOf(server: RocketChatDouble): unknown {
  const settings = [...server.state.settings.values()]
    .filter(({ _id }) => !/-(?:id|secret)$|^Site_Url$/.test(_id))
    .map(({ _id, value }) => [_id, value]);
  const rooms = [...server.state.rooms.values()].map(
    ({ t, name, fname, topic, description, announcement, ...room }) => ({
      ...{ t, name, fname, topic, description, announcement },
      isDefault: room.default,
    }),
  );
  const webhooks = [...server.state.integrations.values()].map(({ name, type, channel, enabled, urls }) => ({
    ...{ name, type, channel, enabled },
    paths: urls?.map((url) => new URL(url).pathname),
  }));
  return { settings: settings.sort(), rooms, permissions: [...server.state.permissions], webhooks };
}
