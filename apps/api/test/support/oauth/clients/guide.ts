import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../../../..');

/** The developer guide as a reader has it: its commands, programs and tables, by the heading under which they stand. */
export class Guide {
  private readonly sections = new Map<string, string>();
  private readonly taken = new Set<string>();
  /** Where the application of the guide lives. */
  readonly home: string;

  /** @param port stands in for the 9000 of the guide, which may be in use where tests run */
  constructor(private readonly port: number) {
    this.home = `http://127.0.0.1:${port}/`;
    const text = readFileSync(join(ROOT, 'docs/sign-in-with-besedka.md'), 'utf8').replaceAll(
      '127.0.0.1:9000',
      `127.0.0.1:${port}`,
    );
    for (const section of text.split(/^(?=#{2,3} )/m)) {
      this.sections.set(/^#{2,3} (.+)$/m.exec(section)?.[1] ?? '', section);
    }
  }

  /** The code blocks of a section in one language. */
  blocks(heading: string, language: 'sh' | 'js'): string[] {
    this.taken.add(`${heading} ${language}`);
    return [...this.section(heading).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
      ([, code = '']) => code,
    );
  }

  /** Rows of the first table of a section: cells by the title of their column. */
  table(heading: string): Record<string, string>[] {
    const lines = this.section(heading)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const [titles = [], , ...rows] = lines;
    return rows.map((cells) => Object.fromEntries(titles.map((title, n) => [title, cells[n] ?? ''])));
  }

  /** Sections with commands or programs that nobody has asked for. */
  get untried(): string[] {
    return [...this.sections]
      .flatMap(([heading, text]) =>
        (['sh', 'js'] as const)
          .filter((language) => text.includes(`\`\`\`${language}\n`))
          .map((language) => `${heading} ${language}`),
      )
      .filter((name) => !this.taken.has(name));
  }

  /** Runs a program of the guide as its reader does: a file of its own, the package installed beside it. */
  async run(program: string, env: Record<string, string>): Promise<{ url: string; stop(): Promise<void> }> {
    const folder = mkdtempSync(join(tmpdir(), 'besedka-guide-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'app.mjs'), program);
    const child = spawn(process.execPath, ['app.mjs'], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env, PORT: String(this.port) },
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const stop = async (): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    };
    const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
    const url = /http:\S+/.exec(String(said))?.[0];
    if (url !== undefined) return { url, stop };
    await stop();
    throw new Error(`the program ended: ${output}`);
  }

  private section(heading: string): string {
    const text = this.sections.get(heading);
    if (text === undefined) throw new Error(`no section "${heading}"`);
    return text;
  }
}

/** Texts in backticks. */
export const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

/** One shell into which somebody pastes command after command. */
export class Shell {
  private constructor(private readonly child: ChildProcessWithoutNullStreams) {}

  static open(): Shell {
    return new Shell(spawn('sh', { env: { PATH: process.env.PATH } }));
  }

  /**
   * Pastes a block, with what the reader types in place of the placeholders.
   * @param typed values of the lines `name=…` of the block
   * @returns what is printed
   * @throws Error when the last command fails
   */
  async paste(block: string, typed: Record<string, string> = {}): Promise<string> {
    const script = Object.entries(typed).reduce((text, [name, value]) => {
      const line = new RegExp(`^${name}=.*$`, 'm');
      if (!line.test(text)) throw new Error(`the block has no ${name}=`);
      return text.replace(line, () => `${name}='${value}'`);
    }, block);
    if (/paste-/.test(script)) throw new Error(`something is left to paste: ${script}`);
    let output = '';
    const done = new Promise<number>((resolve) => {
      const listen = (chunk: Buffer): void => {
        output += chunk.toString();
        const end = /\n__done (\d+)\n$/.exec(output);
        if (end === null) return;
        this.child.stdout.off('data', listen);
        output = output.slice(0, end.index);
        resolve(Number(end[1]));
      };
      this.child.stdout.on('data', listen);
    });
    this.child.stdin.write(`${script}\nprintf '\\n__done %s\\n' "$?"\n`);
    const code = await done;
    if (code !== 0) throw new Error(`exit ${code}: ${output}`);
    return output;
  }

  async close(): Promise<void> {
    this.child.stdin.end();
    await once(this.child, 'exit');
  }
}
