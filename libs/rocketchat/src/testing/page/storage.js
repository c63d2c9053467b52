/** Storage of the browser; where it is blocked, memory takes its place and nothing survives the page. */
export function storage(kind, blocked) {
  const memory = new Map();
  let own = null;
  try {
    if (!blocked) {
      own = kind === 'local' ? window.localStorage : window.sessionStorage;
      own.setItem('Meteor._probe', '1');
      own.removeItem('Meteor._probe');
    }
  } catch {
    own = null;
  }
  return {
    usable: own !== null,
    get: (key) => (own ? own.getItem(key) : (memory.get(key) ?? null)),
    set: (key, value) => (own ? own.setItem(key, value) : memory.set(key, value)),
    keys: () => (own ? Object.keys(own) : [...memory.keys()]),
    remove: (key) => (own ? own.removeItem(key) : memory.delete(key)),
  };
}
