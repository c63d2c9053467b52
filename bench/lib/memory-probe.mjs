/**
 * Preloaded into a measured server (`--expose-gc --import …`): on the message `memory` it collects garbage and answers its resident set
 * and heap, so that both servers are read in the same state.
 */
process.on('message', async (message) => {
  if (message !== 'memory') return;
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  process.send({ memory: { rss, heapUsed, external, arrayBuffers } });
});
