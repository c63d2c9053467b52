import { createServer } from 'node:net';

/** The only interface that local services listen on. */
export const LOOPBACK = '127.0.0.1';

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>} whether something could listen there right now
 */
export async function isPortFree(port, host = LOOPBACK) {
  return (await tryListen(port, host)) !== undefined;
}

/** @returns {Promise<number>} a port that nothing listens on at this moment */
export async function freePort() {
  const port = await tryListen(0, LOOPBACK);
  if (port === undefined) throw new Error(`No port is free on ${LOOPBACK}`);
  return port;
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<number | undefined>}
 */
function tryListen(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
