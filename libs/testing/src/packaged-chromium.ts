import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ChromiumBuild } from './chromium.js';

const run = promisify(execFile);

/** Unpacked browsers stay here between runs; the folder may be deleted at any time. */
const CACHE = fileURLToPath(new URL('../../../.cache/chromium', import.meta.url));

/**
 * Unpacks the Chromium of `@sparticuz/chromium` once and returns it.
 *
 * The package unpacks into the temporary folder under fixed names, where another user's or an older file may lie; here
 * it works in a child process with a temporary folder of its own, which is moved into place when it is complete. Two
 * test workers may therefore do this at the same time.
 *
 * @throws where the package has no build, or one that does not start
 */
export async function packagedChromium(): Promise<ChromiumBuild> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`@sparticuz/chromium has no build for ${process.platform} on ${process.arch}`);
  }
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const folder = join(CACHE, await packageVersion(entry));
  if (!existsSync(folder)) await unpack(entry, folder);
  const executablePath = join(folder, 'chromium');
  return {
    executablePath,
    source: 'package',
    // The build is a headless shell for machines without a zygote or a GPU; WebGL goes through SwiftShader.
    args: ['--no-zygote', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    env: { FONTCONFIG_FILE: await fontConfiguration(folder), ...(await libraryPath(executablePath, folder)) },
  };
}

async function unpack(entry: string, folder: string): Promise<void> {
  const work = `${folder}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const bin = join(dirname(dirname(entry)), 'bin');
  // `al2023` holds libnss3, libnspr4 and their like, which a bare system lacks.
  const program = `
    const { default: chromium, inflate } = await import(process.env.CHROMIUM_ENTRY);
    await Promise.all([chromium.executablePath(), inflate(process.env.CHROMIUM_LIBRARIES)]);`;
  await run(process.execPath, ['--input-type=module', '--eval', program], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: work,
      CHROMIUM_ENTRY: pathToFileURL(entry).href,
      CHROMIUM_LIBRARIES: join(bin, 'al2023.tar.br'),
    },
  });
  try {
    await rename(work, folder);
  } catch (error) {
    // Another worker was quicker: its folder is as good as ours.
    await rm(work, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/**
 * Writes which fonts the browser sees: those of the package and no others, so that text has the same size on every machine. Its own
 * file names folders of another place. Without a single font, text has no size and Chromium ends itself as soon as it looks for a
 * fallback ("SkFontMgr_FontConfigInterface.cpp: Not implemented").
 *
 * @returns the absolute path of the file
 */
async function fontConfiguration(folder: string): Promise<string> {
  const file = join(folder, 'fonts.conf');
  const content = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${xml(join(folder, 'fonts', 'fonts'))}</dir>
  <cachedir>${xml(join(folder, 'fonts-cache'))}</cachedir>
</fontconfig>
`;
  // Compared, because the checkout may have been moved since.
  if ((await readFile(file, 'utf8').catch(() => '')) !== content) {
    const work = `${file}.${process.pid}`;
    await writeFile(work, content);
    await rename(work, file);
  }
  return file;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The system's own libraries are preferred; the packaged ones serve where the browser does not start without them. */
async function libraryPath(executablePath: string, folder: string): Promise<Record<string, string>> {
  try {
    await run(executablePath, ['--version']);
    return {};
  } catch {
    const packaged = { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') };
    await run(executablePath, ['--version'], { env: { ...process.env, ...packaged } });
    return packaged;
  }
}

async function packageVersion(entry: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(dirname(dirname(entry)), 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('@sparticuz/chromium has no version in its package.json');
}
