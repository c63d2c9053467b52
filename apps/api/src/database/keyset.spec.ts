import { z } from 'zod';
import { decodeCursor, encodeCursor, toPage } from './keyset.js';

const schema = z.object({ name: z.string(), id: z.uuid() });
const last = { name: 'Ёлка «Ж» 🎄', id: '018f0000-0000-7000-8000-000000000001' };

describe('keyset cursors', () => {
  it('come back as they went', () => {
    expect(decodeCursor(encodeCursor(last), schema)).toEqual(last);
    expect(encodeCursor(last)).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeCursor(undefined, schema)).toBeNull();
  });

  it.each([
    '',
    'nonsense',
    '%00',
    encodeCursor({ name: 'x' }),
    encodeCursor({ ...last, id: "' OR 1=1" }),
    encodeCursor({ ...last, name: '\u0000' }),
    'bnVsbA',
  ])('refuse %s', (cursor) => {
    expect(() => decodeCursor(cursor, schema)).toThrow(expect.objectContaining({ code: 'bad_cursor' }));
  });

  it('end a list when no further row came', () => {
    const key = (id: number): { id: number } => ({ id });
    expect(toPage([1, 2, 3], 2, key, String)).toEqual({ items: ['1', '2'], nextCursor: encodeCursor({ id: 2 }) });
    expect(toPage([1, 2], 2, key, String)).toEqual({ items: ['1', '2'], nextCursor: null });
    expect(toPage([], 2, key, String)).toEqual({ items: [], nextCursor: null });
  });
});
