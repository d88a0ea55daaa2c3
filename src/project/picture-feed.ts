/** A camera's pictures for the interface: the newest, at most 30 a second, and how many were lost on the way to here. */
import type { PictureBlock } from '../link';
import type { Events } from './contract';

/** A little less than a thirtieth of a second: a camera of 30 pictures a second is shown whole, jitter and all. */
const everyMs = 30;

export class PictureFeed {
  private waiting: PictureBlock | undefined;
  private lost = 0;
  private on = false;
  private toldAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly emit: (event: Events['device.picture']) => void) {}

  begin(): void {
    this.end();
    this.on = true;
  }

  add(picture: PictureBlock): void {
    if (!this.on) return;
    this.waiting = picture;
    this.lost += picture.lost;
    const wait = this.toldAt + everyMs - performance.now();
    if (wait <= 0) this.tell();
    else this.timer ??= setTimeout(() => this.tell(), wait);
  }

  end(): void {
    this.on = false;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = undefined;
    this.lost = 0;
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { waiting: picture, lost } = this;
    if (!picture) return;
    this.waiting = undefined;
    this.lost = 0;
    // One that was late does not make the next one late: on a busy machine the rate still holds.
    this.toldAt = Math.max(this.toldAt + everyMs, performance.now() - everyMs);
    const { number, width, height, pixels } = picture;
    this.emit({ number, lost, width, height, channels: picture.format === 'rgb' ? 3 : 1, pixels });
  }
}
