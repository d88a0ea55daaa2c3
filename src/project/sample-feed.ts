/** Joins sample blocks into at most 60 events a second, so that a fast sensor costs the interface no more than a slow one. */
import type { SampleBlock } from '../link';
import type { Events } from './contract';

const everyMs = 1000 / 60;

export class SampleFeed {
  private waiting: SampleBlock[] = [];
  private timer: NodeJS.Timeout | undefined;
  private axes = 0;
  private rateHz = 0;
  private level = 0;

  constructor(private readonly emit: (event: Events['device.samples']) => void) {}

  begin(axes: number, rateHz: number): void {
    this.end();
    this.axes = axes;
    this.rateHz = rateHz;
    this.timer = setInterval(() => this.flush(), everyMs);
    this.timer.unref();
  }

  add(block: SampleBlock, level: number): void {
    if (!this.timer) return;
    this.waiting.push(block);
    this.level = Math.max(this.level, level);
  }

  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.waiting = [];
    this.level = 0;
  }

  private flush(): void {
    if (this.waiting.length === 0) return;
    const blocks = this.waiting;
    this.waiting = [];
    const { level } = this;
    this.level = 0;
    this.emit({ axes: this.axes, rateHz: this.rateHz, blocks, level });
  }
}
