import { WebSocket } from 'ws';

/**
 * A lean Socket.IO client over a bare websocket (Engine.IO 4, Socket.IO 5 text frames), the same for our server and for the ceiling:
 * what is measured is the server, not a client library.
 */
export class WireClient {
  #acks = new Map();
  #nextAck = 0;
  /** Called with the raw text of every event frame (`42[…]`); parsing is left to who needs it. */
  onFrame = null;

  /**
   * @param {string} base e.g. `http://127.0.0.1:8001`
   * @param {string | undefined} token bearer access token; none for the bare server
   * @param {number} timeoutMs
   * @returns {Promise<WireClient>} connected to the namespace
   */
  static connect(base, token, timeoutMs = 30_000) {
    const client = new WireClient();
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`${base.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
        perMessageDeflate: false,
      });
      client.ws = ws;
      const timer = setTimeout(() => reject(new Error('connect: no answer in time')), timeoutMs);
      ws.on('error', reject);
      ws.on('close', () => reject(new Error('connect: closed')));
      ws.on('message', (data) => {
        const text = data.toString();
        if (text.startsWith('42')) client.onFrame?.(text);
        else if (text === '2') ws.send('3');
        else if (text.startsWith('43')) client.#acknowledge(text);
        else if (text.startsWith('0')) ws.send(`40${JSON.stringify(token ? { token } : {})}`);
        else if (text.startsWith('40')) {
          clearTimeout(timer);
          resolve(client);
        } else if (text.startsWith('44')) reject(new Error(`connect refused: ${text.slice(2)}`));
      });
    });
  }

  #acknowledge(text) {
    const bracket = text.indexOf('[');
    const id = Number(text.slice(2, bracket));
    const done = this.#acks.get(id);
    this.#acks.delete(id);
    done?.(JSON.parse(text.slice(bracket))[0]);
  }

  /** Sends an event and resolves with its acknowledgement. */
  emit(event, payload) {
    const id = this.#nextAck++;
    return new Promise((resolve) => {
      this.#acks.set(id, resolve);
      this.ws.send(`42${id}${JSON.stringify([event, payload])}`);
    });
  }

  close() {
    this.ws.removeAllListeners('close');
    this.ws.terminate();
  }
}

/** Connects many clients, a few at a time. */
export async function connectAll(base, tokens, atOnce = 50) {
  const clients = [];
  for (let i = 0; i < tokens.length; i += atOnce) {
    clients.push(...(await Promise.all(tokens.slice(i, i + atOnce).map((token) => WireClient.connect(base, token)))));
  }
  return clients;
}
