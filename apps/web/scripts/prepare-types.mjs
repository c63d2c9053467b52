/**
 * Writes the files that types need and a build makes by the way: Nuxt UI's themes in node_modules/.nuxt-ui. Run before vue-tsc on a
 * fresh clone; takes a second.
 */
import { fileURLToPath } from 'node:url';
import { resolveConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
await resolveConfig({ root, configFile: `${root}/vite.config.ts`, logLevel: 'warn' }, 'build');
