import { WebSocket } from 'ws';

interface Frame {
  msg?: string;
  id?: string;
  [key: string]: unknown;
}

/** A bare DDP client: sends frames, keeps what comes. */
export class Socket {
  readonly frames: Frame[] = [];
  private readonly socket: WebSocket;
  private readonly waiting: { test: (frame: Frame) => boolean; done: (frame: Frame) => void }[] = [];
  private next = 1;
  readonly closed: Promise<void>;

  private constructor(url: string) {
    this.socket = new WebSocket(`${url.replace(/^http/, 'ws')}/websocket`);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      this.frames.push(frame);
      for (const one of this.waiting.filter(({ test }) => test(frame))) {
        this.waiting.splice(this.waiting.indexOf(one), 1);
        one.done(frame);
      }
    });
  }

  /** Opens a connection; rejects when the upgrade is refused. */
  static async open(url: string): Promise<Socket> {
    const one = new Socket(url);
    await new Promise((resolve, reject) => one.socket.once('open', resolve).once('error', reject));
    one.send({ msg: 'connect', version: '1', support: ['1'] });
    await one.frame((frame) => frame.msg === 'connected');
    return one;
  }

  send(frame: Frame): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The next frame that fits. */
  frame(test: (frame: Frame) => boolean): Promise<Frame> {
    return new Promise((done) => this.waiting.push({ test, done }));
  }

  async call(method: string, ...params: unknown[]): Promise<Frame> {
    const id = String(this.next++);
    const answer = this.frame((frame) => frame.msg === 'result' && frame.id === id);
    this.send({ msg: 'method', id, method, params });
    return answer;
  }

  /** `ready` or `nosub`. */
  async subscribe(name: string, event: string): Promise<Frame> {
    const id = `sub${this.next++}`;
    const answer = this.frame(
      (frame) =>
        (frame.msg === 'ready' && (frame['subs'] as string[]).includes(id)) ||
        (frame.msg === 'nosub' && frame.id === id),
    );
    this.send({ msg: 'sub', id, name, params: [event, false] });
    return answer;
  }

  close(): void {
    this.socket.close();
  }
}
