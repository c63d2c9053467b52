/** What drafts and outbox need of a storage: whole values under keys, written at once. */
export interface KeyStorage {
  keys: (prefix: string) => string[];
  get: (key: string) => string | null;
  /** null removes the key. */
  set: (key: string, value: string | null) => void;
}

/**
 * The browser's local storage: synchronous, so a value is safe when `set` returns, and shared between tabs. Where it is forbidden or
 * full, values live as long as the page.
 */
export function browserStorage(): KeyStorage {
  const memory = new Map<string, string>();
  const stored = (): Storage | null => {
    try {
      return localStorage;
    } catch {
      return null;
    }
  };
  return {
    keys(prefix) {
      const found = new Set([...memory.keys()].filter((key) => key.startsWith(prefix)));
      const storage = stored();
      for (let i = 0; i < (storage?.length ?? 0); i += 1) {
        const key = storage?.key(i);
        if (key?.startsWith(prefix)) found.add(key);
      }
      return [...found];
    },
    get: (key) => memory.get(key) ?? stored()?.getItem(key) ?? null,
    set(key, value) {
      memory.delete(key);
      try {
        if (value === null) stored()?.removeItem(key);
        else if (stored()) localStorage.setItem(key, value);
        else memory.set(key, value);
      } catch {
        if (value !== null) memory.set(key, value);
      }
    },
  };
}
