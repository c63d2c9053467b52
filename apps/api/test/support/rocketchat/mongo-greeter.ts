import { type AddressInfo, createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;

/**
 * Answers every command of a MongoDB client with one document, as a server that only greets. For what a real `mongod` without a replica set,
 * or in one without a primary, says to `hello`; everything else needs the real one.
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export async function startMongoGreeter(hello: Document): Promise<{ host: string; close(): void }> {
  const sockets = new Set<Socket>();
  const answer = { maxWireVersion: 25, minWireVersion: 0, maxBsonObjectSize: 16_777_216, ok: 1, ...hello };
  const server = createServer((socket) => {
    sockets.add(socket);
    let waiting = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= HEADER && waiting.length >= waiting.readInt32LE(0)) {
        const message = waiting.subarray(0, waiting.readInt32LE(0));
        waiting = waiting.subarray(message.length);
        socket.write(reply(message, Buffer.from(BSON.serialize(answer))));
      }
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The first command of a connection comes as OP_QUERY, the others as OP_MSG. */
function reply(message: Buffer, document: Buffer): Buffer {
  const isOld = message.readInt32LE(12) === OP_QUERY;
  // OP_REPLY: flags, cursor id, starting from, number returned. OP_MSG: flags, and a section of kind 0.
  const before = isOld ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isOld) before.writeInt32LE(1, 16);
  const head = Buffer.alloc(HEADER);
  head.writeInt32LE(HEADER + before.length + document.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(isOld ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([head, before, document]);
}
