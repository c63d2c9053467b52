// eslint-disable-next-line no-control-regex -- matching control characters is this expression's purpose
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
/** Characters that take no space: a text made only of these would look empty. */
const INVISIBLE =
  /[\s\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2028\u2029\u2060-\u2065\u3164\uFEFF\uFFA0]/g;

/**
 * The text as it will be stored: what came with a paste and would only be refused (control characters, direction overrides, broken
 * Unicode) is left out, outer blank lines go. Empty when nothing of it can be seen. The server's rule is `multiLine` of the contracts.
 */
export function cleanBody(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, '')
    .toWellFormed()
    .normalize('NFC')
    .replace(/^\s*\n|\s+$/g, '');
  return clean.replace(INVISIBLE, '') === '' ? '' : clean;
}
