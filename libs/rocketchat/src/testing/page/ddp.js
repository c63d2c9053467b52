/** A DDP connection that comes back by itself. */
export class Ddp {
  #socket;
  #calls = new Map();
  #subs = new Map();
  #next = 1;
  #waiting = [];
  #connected = false;
  #resumed = false;
  /** What the server says about the one who is signed in. */
  user = undefined;

  /**
   * @param onConnect called after every connect, before anything that waited is sent
   * @param onChanged called with the name of a stream, the event and its arguments
   */
  constructor(onConnect, onChanged) {
    this.onConnect = onConnect;
    this.onChanged = onChanged;
    this.#open();
  }

  /** Calls a method; rejects with `{error, reason, details}`. */
  call(method, ...params) {
    return new Promise((resolve, reject) => {
      const id = String(this.#next++);
      this.#calls.set(id, { resolve, reject });
      this.#send({ msg: 'method', id, method, params });
    });
  }

  /** Listens to a stream; subscribed anew after every reconnect with a session. */
  subscribe(name, event) {
    const id = String(this.#next++);
    this.#subs.set(id, { name, event });
    if (this.#resumed) this.#send({ msg: 'sub', id, name, params: [event, false] });
  }

  forgetSubscriptions() {
    this.#subs.clear();
  }

  #open() {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/websocket`);
    this.#socket = socket;
    socket.addEventListener('open', () => socket.send('{"msg":"connect","version":"1","support":["1"]}'));
    socket.addEventListener('message', ({ data }) => void this.#receive(JSON.parse(data)));
    socket.addEventListener('close', () => {
      this.#connected = false;
      this.#resumed = false;
      for (const { reject } of this.#calls.values()) reject({ error: 'closed', reason: 'Connection lost' });
      this.#calls.clear();
      setTimeout(() => this.#open(), 300);
    });
  }

  #send(frame) {
    const open = this.#socket.readyState === WebSocket.OPEN;
    if (open && this.#connected) this.#socket.send(JSON.stringify(frame));
    else this.#waiting.push(frame);
  }

  async #receive(frame) {
    switch (frame.msg) {
      case 'connected':
        this.#connected = true;
        for (const waiting of this.#waiting.splice(0)) this.#send(waiting);
        await this.onConnect();
        this.#resumed = true;
        for (const [id, { name, event }] of this.#subs) {
          this.#socket.send(JSON.stringify({ msg: 'sub', id, name, params: [event, false] }));
        }
        return;
      case 'added':
        if (frame.collection === 'users') this.user = { ...frame.fields, _id: frame.id };
        return;
      case 'ping':
        this.#socket.send(JSON.stringify({ msg: 'pong', ...(frame.id ? { id: frame.id } : {}) }));
        return;
      case 'result': {
        const call = this.#calls.get(frame.id);
        this.#calls.delete(frame.id);
        if (frame.error) call?.reject(frame.error);
        else call?.resolve(frame.result);
        return;
      }
      case 'changed':
        this.onChanged(frame.collection, frame.fields.eventName, frame.fields.args);
    }
  }
}
