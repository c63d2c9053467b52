import { invalidParams } from './errors.js';

/** A JSON body or a query, before anything is known about it. */
export type Input = Readonly<Record<string, unknown>>;

/** A text that must be there. @throws RcError `invalid-params` */
export function requiredText(input: Input, name: string): string {
  const value = input[name];
  if (value === undefined) throw invalidParams(`must have required property '${name}'`);
  if (typeof value !== 'string') throw invalidParams(`must be string: ${name}`);
  return value;
}

/** A text that may be there. @throws RcError `invalid-params` when it is something else */
export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidParams(`must be string: ${name}`);
  return value;
}

/** A boolean, in a query also as text. @throws RcError `invalid-params` when it is something else */
export function optionalFlag(input: Input, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (value === 'true' || value === true) return true;
  if (value === 'false' || value === false) return false;
  throw invalidParams(`must be boolean: ${name}`);
}

export function requiredFlag(input: Input, name: string): boolean {
  const value = optionalFlag(input, name);
  if (value === undefined) throw invalidParams(`must have required property '${name}'`);
  return value;
}

/** A list of texts, also given as one text with commas. */
export function optionalList(input: Input, name: string): string[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value.split(',').map((part) => part.trim());
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw invalidParams(`must be array: ${name}`);
  }
  return value;
}

/** A nested object. @throws RcError `invalid-params` */
export function requiredObject(input: Input, name: string): Input {
  const value = input[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParams(`must have required property '${name}'`);
  }
  return value as Input;
}
