import { Injectable } from '@nestjs/common';

/** When the process started and whether it is about to stop. */
@Injectable()
export class Lifecycle {
  readonly startedAt = new Date();
  private stopping = false;

  /** True from the first signal on: readiness says so, and load balancers stop sending. */
  get draining(): boolean {
    return this.stopping;
  }

  beginDraining(): void {
    this.stopping = true;
  }
}
