import { transformSync } from '@swc/core';

/**
 * TypeScript to what Node runs. SWC compiles what `tsc` compiles, with the same decorator and class-field meaning, and does not check
 * types.
 *
 * @param {string} source
 * @param {string} file its absolute path
 * @param {boolean} [sourceMaps] make the map too
 * @returns {{ code: string, map?: string }}
 */
export function compile(source, file, sourceMaps = false) {
  return transformSync(source, {
    filename: file,
    configFile: false,
    swcrc: false,
    sourceMaps,
    module: { type: 'es6' },
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      target: 'es2022',
      keepClassNames: true,
    },
  });
}
