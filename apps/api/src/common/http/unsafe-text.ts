import type { FieldError } from '@besedka/contracts';
import { AppError } from '../errors/app-error.js';

/** Deeper input than any of our shapes is an attack on somebody's stack. */
const MAX_DEPTH = 40;

interface Place {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

/**
 * The first text in the input that PostgreSQL cannot store: U+0000 or half a surrogate pair. Walks without recursion,
 * because the depth of the input is the sender's choice.
 */
export function findUnsafeText(input: unknown): FieldError | null {
  const open: Place[] = [{ value: input, path: '', depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, path, depth } = place;
    if (typeof value === 'string') {
      if (isUnsafe(value))
        return { path, code: 'unsafe_characters', message: 'contains characters that cannot be stored' };
    } else if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
      if (depth >= MAX_DEPTH) return { path, code: 'too_deep', message: 'is nested too deeply' };
      for (const [key, inner] of Object.entries(value)) {
        const here = path === '' ? key : `${path}.${key}`;
        if (isUnsafe(key)) return { path, code: 'unsafe_characters', message: 'has a name with unsafe characters' };
        open.push({ value: inner, path: here, depth: depth + 1 });
      }
    }
  }
  return null;
}

function isUnsafe(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed();
}

/**
 * For every input that enters the process: bodies, queries, path parameters, socket payloads.
 * @throws AppError `validation_failed` naming the field
 */
export function assertSafeText(input: unknown): void {
  const fault = findUnsafeText(input);
  if (fault !== null) throw new AppError('validation_failed', { fields: [fault] });
}
