import { createHash, randomFillSync } from 'node:crypto';

/** Random bytes drawn in advance: asking the generator costs the same for many as for a few. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** A new UUID v7 (RFC 9562): sorts by creation to the millisecond, so that index pages fill from one side. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + 16);
  used += 16;
  bytes.writeUIntBE(Date.now(), 0, 6);
  return withVersion(bytes, 7);
}

/** The UUID v5 of a name: the same name always gives the same id. `namespace` is a UUID. */
export function nameId(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  return withVersion(hash.subarray(0, 16), 5);
}

function withVersion(bytes: Buffer, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
