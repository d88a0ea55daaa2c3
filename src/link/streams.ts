/**
 * The sample streams of one board: SAMPLES events in, blocks in physical units out, every missing frame counted.
 * Knows the layout of the event (firmware/PROTOCOL.md, section 3), not how streams are started.
 */
import { RateFit } from './rate-fit';
import type { SampleBlock, SensorInfo } from './types';
import { adpcmDecode } from './wire/adpcm';
import { adpcmFormat, int16Format, samplesHeader } from './wire/messages';

export class SampleStream {
  frames = 0;
  lost = 0;
  readonly fit = new RateFit();
  private readonly scales: Float64Array;
  private expected = 0;

  constructor(
    readonly sensor: SensorInfo,
    private readonly onBlock: (block: SampleBlock) => void,
  ) {
    this.scales = Float64Array.from(sensor.axes, (axis) => axis.scale);
  }

  /** One SAMPLES payload of this sensor. Returns false for one that contradicts itself or what came before. */
  receive(payload: Uint8Array): boolean {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const frames = view.getUint16(2, true);
    const axes = this.scales.length;
    const values = frames === 0 ? undefined : this.values(payload, frames * axes);
    if (!values) return false;
    const lost = (view.getUint32(4, true) - this.expected) >>> 0;
    // An index that runs backwards is not a gap of four thousand million frames but a block of an older stream.
    if (lost > 0x7fffffff) return false;
    const micros = view.getUint32(8, true) + view.getUint32(12, true) * 4294967296;
    const index = this.expected + lost;
    this.lost += lost;
    this.frames += frames;
    this.expected = index + frames;
    this.fit.add(index, micros);
    this.onBlock({ sensor: this.sensor.id, index, micros, lost, values, frames });
    return true;
  }

  /** After the stream ended: `produced` frames in all. What is missing behind the last block becomes an empty block. */
  finish(produced: number): void {
    const lost = produced - this.expected;
    if (lost <= 0) return;
    this.lost += lost;
    this.expected = produced;
    this.onBlock({
      sensor: this.sensor.id,
      index: produced,
      micros: NaN,
      lost,
      values: new Float32Array(0),
      frames: 0,
    });
  }

  /** In physical units; undefined where the payload is not what its head says. */
  private values(payload: Uint8Array, count: number): Float32Array | undefined {
    const bytes = payload.length - samplesHeader;
    if (payload[1] === int16Format) return bytes === count * 2 ? this.scale(payload, count) : undefined;
    if (payload[1] !== adpcmFormat || this.scales.length !== 1) return undefined;
    const samples = adpcmDecode(payload.subarray(samplesHeader), count);
    return samples && Float32Array.from(samples, (sample) => sample * this.scales[0]);
  }

  private scale(payload: Uint8Array, count: number): Float32Array {
    const values = new Float32Array(count);
    const axes = this.scales.length;
    const scales = this.scales;
    let at = samplesHeader;
    let axis = 0;
    for (let i = 0; i < count; i++, at += 2) {
      values[i] = (((payload[at] | (payload[at + 1] << 8)) << 16) >> 16) * scales[axis];
      if (++axis === axes) axis = 0;
    }
    return values;
  }
}
