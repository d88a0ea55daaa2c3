/**
 * The columns of a live spectrogram: each is computed once, when its samples have come, and kept for as long as the
 * stream's buffer keeps them. Knows the buffer, nothing of drawing.
 */
import { columnRows, columnSamples, spectrumColumn } from './spectrum';
import type { StreamBuffer } from './stream-buffer';

export class SpectrumRing {
  /** Samples from one column to the next. */
  readonly hop: number;
  readonly capacity: number;
  /** capacity columns; column number c lies at c % capacity. */
  readonly levels: Uint8Array;
  /** Columns ever computed. */
  columns = 0;

  constructor(private readonly buffer: StreamBuffer) {
    this.hop = Math.max(1, Math.round(buffer.rateHz / 80));
    this.capacity = Math.ceil(buffer.capacity / this.hop);
    this.levels = new Uint8Array(this.capacity * columnRows);
  }

  /** Computes what has become possible; answers the number of the first new column. */
  update(): number {
    const before = this.columns;
    const { buffer, hop } = this;
    const possible = Math.floor((buffer.total - columnSamples / 2) / hop);
    if (possible - this.columns > this.capacity) this.columns = possible - this.capacity;
    if (possible <= this.columns) return before;
    const have = buffer.frames;
    const values = buffer.latest(have);
    const oldest = buffer.total - have;
    while (this.columns < possible) {
      spectrumColumn(values, this.columns * hop - oldest, this.levels, (this.columns % this.capacity) * columnRows);
      this.columns++;
    }
    return Math.max(before, this.columns - this.capacity);
  }
}
