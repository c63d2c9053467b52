import { z } from 'zod';

/**
 * Text that people type. Stored text is NFC, has no control characters and no bidirectional overrides (they make a name
 * read as another), and is valid Unicode (PostgreSQL refuses U+0000 and lone surrogates).
 */

// eslint-disable-next-line no-control-regex -- matching control characters is this expression's purpose
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
const BIDI_OVERRIDE = /[\u202A-\u202E\u2066-\u2069]/;
/** Characters that take no space: a text made only of these would look empty. */
const INVISIBLE =
  /[\s\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2028\u2029\u2060-\u2065\u3164\uFEFF\uFFA0]/g;

/** Whether the text is well-formed and free of characters that could mislead or be refused by storage. */
export function isSafeText(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text) && !BIDI_OVERRIDE.test(text);
}

/** Whether anything of the text can be seen. */
export function isVisibleText(text: string): boolean {
  return text.replace(INVISIBLE, '').length > 0;
}

/** One line: trimmed, NFC, 1..max characters, no line breaks or tabs. */
export function singleLine(max: number) {
  return z
    .string()
    .max(max * 4, { error: 'too_long', abort: true })
    .refine((v) => isSafeText(v) && !/[\n\r\t\u2028\u2029]/.test(v), {
      error: 'unsafe_characters',
      abort: true,
    })
    .overwrite((v) => v.normalize('NFC').trim())
    .min(1, { error: 'empty', abort: true })
    .max(max, { error: 'too_long', abort: true })
    .refine((v) => isVisibleText(v), { error: 'empty' });
}

/** Several lines: line ends become `\n`, outer blank lines go, 1..max characters. */
export function multiLine(max: number) {
  return z
    .string()
    .max(max * 4, { error: 'too_long', abort: true })
    .overwrite((v) => v.replace(/\r\n?/g, '\n'))
    .refine((v) => isSafeText(v), { error: 'unsafe_characters', abort: true })
    .overwrite((v) => v.normalize('NFC').replace(/^\s*\n|\s+$/g, ''))
    .min(1, { error: 'empty', abort: true })
    .max(max, { error: 'too_long', abort: true })
    .refine((v) => isVisibleText(v), { error: 'empty' });
}
