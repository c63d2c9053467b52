import { Client } from 'pg';
import { cloneDatabase, createTemplate, dropDatabase, templateName, testDatabaseUrl } from './postgres-template.js';

const admin = testDatabaseUrl();

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('template databases', () => {
  const databases: string[] = [];
  const name = templateName('template_spec', String(process.pid));
  let built = 0;

  const migrate = async (url: string): Promise<void> => {
    built += 1;
    await query(url, 'CREATE TABLE t AS SELECT 1 AS n');
  };

  const clone = async (): Promise<string> => {
    const url = await cloneDatabase(admin, name);
    databases.push(url);
    return url;
  };

  afterAll(async () => {
    for (const url of [...databases, new URL(`/${name}`, admin).href]) await dropDatabase(admin, url);
  });

  it('builds a template once, however many callers ask at the same time', async () => {
    await Promise.all([1, 2, 3, 4].map(() => createTemplate(admin, name, migrate)));
    expect(built).toBe(1);
  });

  it('never offers a template whose building failed', async () => {
    const failing = `${name}_failing`;
    await expect(createTemplate(admin, failing, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(cloneDatabase(admin, failing)).rejects.toThrow(/does not exist/);
    await dropDatabase(admin, new URL(`/${failing}_building`, admin).href);
  });

  it('gives every caller a database of its own with the content of the template', async () => {
    const [one, two] = [await clone(), await clone()];
    await query(one, 'UPDATE t SET n = 2');
    expect(await query(one, 'SELECT n FROM t')).toEqual([{ n: 2 }]);
    expect(await query(two, 'SELECT n FROM t')).toEqual([{ n: 1 }]);
  });

  it('drops a database that is still connected to', async () => {
    const url = await clone();
    const client = new Client({ connectionString: url });
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => undefined);
    await client.connect();
    await dropDatabase(admin, url);
    await ended;
    await expect(query(url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('names a template after its content', () => {
    expect(templateName('app', 'a', 'b')).toBe(templateName('app', 'a', 'b'));
    expect(templateName('app', 'a', 'b')).not.toBe(templateName('app', 'ab'));
  });
});
