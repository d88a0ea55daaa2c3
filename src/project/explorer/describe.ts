/**
 * A short description of each capture, so that alike captures lie near each other on the map: the impulse's own features,
 * averaged over a few of its windows and, where they form a picture (a spectrogram, a photograph), over its neighbouring
 * cells. Sensor values as they are would compare phases of a movement, not movements: those are described by their spectra.
 */
import type { LongWork } from '../../base';
import type { Core, DspBlock } from '../../core';
import type { Capture, CaptureSummary } from '../../dataset';
import { featuresAt, windowStarts, type ResolvedImpulse } from '../../impulse';
import { ProjectError } from '../errors';
import type { Project } from '../project';

/** Windows that stand for a capture, spread over its length. */
const mostWindows = 4;
/** Cells along time and height, and along width of a picture; bins of a spectrogram stay. */
const cellsAlong = { time: 4, picture: 8 };
const spectra: DspBlock = { kind: 'spectral', params: [] };

export interface Descriptions {
  /** Only captures that could be described. */
  readonly captures: readonly CaptureSummary[];
  readonly width: number;
  /** One row of `width` per capture. */
  readonly values: Float32Array;
}

/** Mean over blocks of cells: [rows, columns, channels] to at most [rowsOut, columnsOut, channels]. */
function pooled(values: Float32Array, [rows, columns, channels]: readonly number[], most: readonly number[]) {
  const high = Math.min(rows, most[0]);
  const wide = Math.min(columns, most[1]);
  const sums = new Float64Array(high * wide * channels);
  const counts = new Float64Array(high * wide);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = Math.floor((row * high) / rows) * wide + Math.floor((column * wide) / columns);
      counts[cell]++;
      const from = (row * columns + column) * channels;
      for (let c = 0; c < channels; c++) sums[cell * channels + c] += values[from + c];
    }
  }
  return Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / channels)]);
}

function shorten(values: Float32Array, block: DspBlock, shape: readonly number[]): Float32Array {
  if (block.kind === 'raw' || shape.length === 1) return values;
  const { time, picture } = cellsAlong;
  return shape.length === 2
    ? pooled(values, [...shape, 1], [time, shape[1]])
    : pooled(values, shape, [picture, picture]);
}

function describe(core: Core, resolved: ResolvedImpulse, capture: Capture): Float32Array | undefined {
  const starts = windowStarts(capture, resolved);
  if (starts.length === 0) return undefined;
  const step = Math.max(1, starts.length / mostWindows);
  const chosen = starts.length <= mostWindows ? starts : [0, 1, 2, 3].map((i) => starts[Math.floor((i + 0.5) * step)]);
  const block = resolved.block.kind === 'raw' ? spectra : resolved.block;
  let sum: Float32Array | undefined;
  for (const start of chosen) {
    const features = featuresAt(core, capture, start, { ...resolved, block });
    const short = shorten(features, resolved.block, resolved.inputShape);
    sum ??= new Float32Array(short.length);
    for (let i = 0; i < short.length; i++) sum[i] += short[i] / chosen.length;
  }
  return sum;
}

/** Descriptions of captures that were made before, by what they depend on. Lives as long as the project is open. */
export class DescriptionStore {
  private readonly known = new Map<string, Float32Array | null>();
  private impulse = '';

  /** Rejects with ProjectError `cancelled`. */
  async describeAll(
    project: Project,
    core: Core,
    resolved: ResolvedImpulse,
    captures: readonly CaptureSummary[],
    work: LongWork,
  ): Promise<Descriptions> {
    const impulse = JSON.stringify([resolved.block, resolved.shape, resolved.axes, resolved.units]);
    if (impulse !== this.impulse) this.known.clear();
    this.impulse = impulse;
    const atOnce = 32;
    for (let first = 0; first < captures.length; first += atOnce) {
      if (work.signal?.aborted)
        throw new ProjectError('cancelled', 'Making the map was cancelled.', 'Start it again when you like.');
      const fresh = captures.slice(first, first + atOnce).filter((capture) => !this.known.has(keyOf(capture)));
      const read = await Promise.all(fresh.map(({ id }) => project.dataset.get(id)));
      for (const capture of read) this.known.set(keyOf(capture), describe(core, resolved, capture) ?? null);
      const done = Math.min(first + atOnce, captures.length);
      work.onProgress?.({ step: 'Looking at the captures', done, total: captures.length });
    }
    const pairs = captures.flatMap((capture) => {
      const found = this.known.get(keyOf(capture));
      return found ? [{ capture, found }] : [];
    });
    const width = pairs[0]?.found.length ?? 0;
    const values = new Float32Array(pairs.length * width);
    for (const [i, { found }] of pairs.entries()) values.set(found, i * width);
    return { captures: pairs.map(({ capture }) => capture), width, values };
  }
}

function keyOf({ hash, trim, segments, gaps }: CaptureSummary): string {
  return JSON.stringify([hash, trim, segments.length > 0 ? segments : 0, gaps.length > 0 ? gaps : 0]);
}
