/** Letters of a user code and where the dash stands (RFC 8628 6.1). */
const LENGTH = 8;
const GROUP = 4;

export interface TypedCode {
  /** Upper case, a dash after four letters, nothing else. */
  text: string;
  /** Where the cursor stands in `text` when it stood at `cursor` in what was typed. */
  cursor: number;
  /** Letters of another script were typed: most likely the keyboard is switched. */
  otherScript: boolean;
}

/** What a code field shows for what was typed or pasted into it. Wrong Latin letters stay: leaving them out would only puzzle. */
export function typedCode(typed: string, cursor = typed.length): TypedCode {
  const letters = (part: string): string => part.toUpperCase().replace(/[^A-Z]/g, '');
  const all = letters(typed).slice(0, LENGTH);
  const before = Math.min(letters(typed.slice(0, cursor)).length, all.length);
  const text = all.length > GROUP ? `${all.slice(0, GROUP)}-${all.slice(GROUP)}` : all;
  return {
    text,
    cursor: before > GROUP ? before + 1 : before,
    otherScript: /\p{L}/u.test(typed.replace(/[A-Za-z]/g, '')),
  };
}

export const isComplete = (text: string): boolean => text.replace('-', '').length === LENGTH;
