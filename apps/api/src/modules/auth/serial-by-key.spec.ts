import { SerialByKey } from './serial-by-key.js';

it('runs work of one key in turn, also after a failure, and forgets keys that are done', async () => {
  const serial = new SerialByKey();
  const log: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = serial.run('a', async () => {
    await gate;
    log.push('a1');
    throw new Error('failed');
  });
  const second = serial.run('a', () => {
    log.push('a2');
    return Promise.resolve('done');
  });
  await serial.run('b', () => Promise.resolve(log.push('b1')));
  open();
  await expect(first).rejects.toThrow('failed');
  await expect(second).resolves.toBe('done');
  expect(log).toEqual(['b1', 'a1', 'a2']);
});
