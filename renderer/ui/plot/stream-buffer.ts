/**
 * The last seconds of a stream, always contiguous in memory so that drawing needs no wrap-around. Lost frames are
 * kept as NaN, so a gap has its true width on the screen. Knows nothing of drawing.
 */
import type { SampleBlock } from '../../../src/link/types';

export class StreamBuffer {
  /** Interleaved; only frames start..end are of interest. */
  private values: Float32Array;
  private end = 0;
  /** Frames ever pushed, lost ones counted. */
  total = 0;
  lost = 0;

  constructor(
    readonly axes: number,
    readonly rateHz: number,
    readonly capacity: number,
  ) {
    this.values = new Float32Array(capacity * 2 * axes);
  }

  push(block: SampleBlock): void {
    if (block.lost > 0) {
      this.lost += block.lost;
      this.append(block.lost, undefined);
    }
    this.append(block.frames, block.values);
  }

  /** The newest `frames` frames (fewer where there are fewer), interleaved; a view, valid until the next push. */
  latest(frames: number): Float32Array {
    const first = Math.max(this.end - Math.min(frames, this.capacity), 0);
    return this.values.subarray(first * this.axes, this.end * this.axes);
  }

  get frames(): number {
    return Math.min(this.end, this.capacity);
  }

  private append(frames: number, from: Float32Array | undefined): void {
    this.total += frames;
    const kept = Math.min(frames, this.capacity);
    if (this.end + kept > this.capacity * 2) {
      const keepFrom = Math.max(this.end - this.capacity, 0);
      this.values.copyWithin(0, keepFrom * this.axes, this.end * this.axes);
      this.end -= keepFrom;
    }
    const at = this.end * this.axes;
    if (from) this.values.set(from.subarray((frames - kept) * this.axes, frames * this.axes), at);
    else this.values.fill(NaN, at, at + kept * this.axes);
    this.end += kept;
  }
}
