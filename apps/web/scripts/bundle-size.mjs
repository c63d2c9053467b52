/**
 * How much JavaScript the chat view loads: every chunk that `/chat` needs until it works (entry, shell, chat feature, the texts of
 * one language), followed through Vite's manifest, compressed with gzip as the server sends it.
 *
 *   node apps/web/scripts/bundle-size.mjs            prints { route, gzipBytes, limit, chunks } as JSON
 *   node apps/web/scripts/bundle-size.mjs --packages adds what each dependency costs (builds once, into memory)
 *
 * Needs a build in apps/web/dist.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const web = fileURLToPath(new URL('..', import.meta.url));
/** The product's promise, in bytes: 190 kB. */
export const LIMIT = 190_000;

/** Chunks that the router, the start-up and the chat view load by `import()` before the chat works. */
const CHAT_DYNAMIC = [
  /^src\/features\/chats\/ChatsView\.vue$/,
  // The dearer of the two languages; only one is ever loaded.
  /^src\/shared\/i18n\/locales\/ru\/(?:common|errors|chats)\.json$/,
];

/**
 * @param {string} [dist] folder of the build
 * @returns {Promise<{ route: string, gzipBytes: number, limit: number, chunks: { file: string, gzipBytes: number }[] }>}
 */
export async function measureChatRoute(dist = join(web, 'dist')) {
  const manifest = JSON.parse(await readFile(join(dist, '.vite/manifest.json'), 'utf8'));
  const files = new Set();
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (chunk.file.endsWith('.js')) files.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  visit('index.html');
  for (const pattern of CHAT_DYNAMIC) {
    const keys = Object.keys(manifest).filter((key) => pattern.test(key));
    if (keys.length === 0) throw new Error(`The build has no chunk for ${pattern}`);
    keys.forEach(visit);
  }
  const chunks = await Promise.all(
    [...files].map(async (file) => ({
      file,
      gzipBytes: gzipSync(await readFile(join(dist, file)), { level: 9 }).length,
    })),
  );
  // The script that sets the theme before the first paint is loaded as well.
  chunks.push({ file: 'theme.js', gzipBytes: gzipSync(await readFile(join(dist, 'theme.js')), { level: 9 }).length });
  chunks.sort((a, b) => b.gzipBytes - a.gzipBytes);
  return { route: '/chat', gzipBytes: chunks.reduce((sum, chunk) => sum + chunk.gzipBytes, 0), limit: LIMIT, chunks };
}

/**
 * What each dependency adds to the chat route, in gzip bytes: the rendered code of its modules, compressed alone, so the parts
 * sum up to somewhat more than the whole.
 */
export async function measurePackages() {
  const { build } = await import('vite');
  const result = await build({
    root: web,
    configFile: join(web, 'vite.config.ts'),
    logLevel: 'error',
    build: { write: false, minify: true },
  });
  const chunks = (Array.isArray(result) ? result : [result])
    .flatMap(({ output }) => output)
    .filter(({ type }) => type === 'chunk');
  const route = await measureChatRoute();
  const wanted = new Set(route.chunks.map(({ file }) => file));
  const costs = {};
  for (const chunk of chunks) {
    if (!wanted.has(chunk.fileName)) continue;
    const code = {};
    for (const [id, module] of Object.entries(chunk.modules)) {
      const name = packageOf(id);
      code[name] = (code[name] ?? '') + (module.code ?? '');
    }
    for (const [name, text] of Object.entries(code))
      costs[name] = (costs[name] ?? 0) + gzipSync(text, { level: 9 }).length;
  }
  return Object.fromEntries(Object.entries(costs).sort(([, a], [, b]) => b - a));
}

function packageOf(id) {
  const path = id.replaceAll('\\', '/');
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (dependency) return dependency;
  const own = /\/apps\/web\/src\/((?:features\/|shared\/)?[^/]+)/.exec(path)?.[1];
  return own ? `besedka: ${own}` : path.includes('/libs/contracts/') ? 'besedka: contracts' : 'icons and helpers';
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = await measureChatRoute();
  if (process.argv.includes('--packages')) result.packages = await measurePackages();
  console.log(JSON.stringify(result, null, 2));
}
