import type { RocketChatRun, RocketChatStatus } from '@besedka/contracts';
import type { HttpClient } from '../http-client.js';

export const RUNS_BASE = '/api/v1/admin/rocketchat';

/** The Integration page as somebody uses it. */
export class RunsPage {
  constructor(readonly owner: HttpClient) {}

  async status(): Promise<RocketChatStatus> {
    return (await this.owner.get<RocketChatStatus>(RUNS_BASE)).json;
  }

  async read(id: string): Promise<RocketChatRun> {
    return (await this.owner.get<RocketChatRun>(`${RUNS_BASE}/runs/${id}`)).json;
  }

  /** Begins a run and waits for its end. */
  async run(body: object): Promise<RocketChatRun> {
    const begun = await this.owner.post<RocketChatRun>(`${RUNS_BASE}/runs`, body);
    expect(begun.status).toBe(202);
    expect(begun.headers.get('location')).toBe(`${RUNS_BASE}/runs/${begun.json.id}`);
    return this.ended(begun.json.id);
  }

  /** Waits for the end of one that has begun. */
  async ended(id: string): Promise<RocketChatRun> {
    for (;;) {
      const run = await this.read(id);
      if (run.state !== 'running') return run;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
