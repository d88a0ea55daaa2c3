/**
 * A short description of each capture, so that alike captures lie near each other on the map: the impulse's own features,
 * averaged over a few of its windows and, where they form a picture (a spectrogram, a photograph), over its neighbouring
 * cells. Sensor values as they are would compare phases of a movement, not movements: those are described by their spectra.
 * Of sound, whose spectra are averaged over quarters of the window, every third is enough.
 */
import { soundBins, type Core, type DspBlock } from '../../core';
import type { Capture } from '../../dataset';
import { cutWindow, featuresAt, isPictureImpulse, windowStarts, type ResolvedImpulse } from '../../impulse';

/** Windows that stand for a capture, spread over its length. */
const mostWindows = 4;
/** Cells along time and height, and along width of a picture; bins of a spectrogram stay. */
const cellsAlong = { time: 4, picture: 8 };
/** Each cell along time averages at least so many spectra. */
const spectraEach = 4;
const sparseBy = 3;
const spectra: DspBlock = { kind: 'spectral', params: [] };

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

/** What is computed of each window for its description, and the shape of what comes out. */
function lookOf(core: Core, resolved: ResolvedImpulse): { block: DspBlock; inputShape: readonly number[] } {
  const { block, inputShape, shape } = resolved;
  if (block.kind === 'raw') return { block: spectra, inputShape };
  const bins = soundBins(block);
  const stride = core.dspParameters(block.kind).findIndex(({ name }) => name === 'frame-stride');
  if (bins === 0 || stride < 0 || inputShape[0] < cellsAlong.time * spectraEach * sparseBy)
    return { block, inputShape };
  const params = block.params.map((value, i) => (i === stride ? value * sparseBy : value));
  const sparse = { kind: block.kind, params };
  return { block: sparse, inputShape: [core.featureCount(sparse, shape) / bins, bins] };
}

/** Evenly over all windows of the capture. */
function someStarts(capture: Capture, resolved: ResolvedImpulse): number[] {
  const starts = windowStarts(capture, resolved);
  if (starts.length <= mostWindows) return starts;
  const step = starts.length / mostWindows;
  return Array.from({ length: mostWindows }, (_, i) => starts[Math.floor((i + 0.5) * step)]);
}

function mean(parts: readonly Float32Array[]): Float32Array | null {
  if (parts.length === 0) return null;
  const sum = new Float32Array(parts[0].length);
  for (const part of parts) for (let i = 0; i < sum.length; i++) sum[i] += part[i] / parts.length;
  return sum;
}

/** One description per capture, all of one length; null for a capture without windows of this impulse. */
export function describeCaptures(
  core: Core,
  resolved: ResolvedImpulse,
  captures: readonly Capture[],
): (Float32Array | null)[] {
  if (isPictureImpulse(resolved))
    return captures.map((capture) =>
      mean(
        someStarts(capture, resolved).map((start) =>
          shorten(featuresAt(core, capture, start, resolved), resolved.block, resolved.inputShape),
        ),
      ),
    );
  const { block, inputShape } = lookOf(core, resolved);
  const starts = captures.map((capture) => someStarts(capture, resolved));
  const count = starts.reduce((sum, one) => sum + one.length, 0);
  // All at once: the core lays out its tables anew for each call.
  const size = resolved.shape.frames * resolved.shape.axes;
  const windows = new Float32Array(count * size);
  let at = 0;
  for (const [i, capture] of captures.entries())
    for (const start of starts[i]) windows.set(cutWindow(capture, start, resolved), at++ * size);
  const features = count === 0 ? windows : core.featuresOfMany(block, resolved.shape, windows, count);
  const width = count === 0 ? 0 : features.length / count;
  at = 0;
  return starts.map((one) =>
    mean(one.map(() => shorten(features.subarray(at * width, ++at * width), resolved.block, inputShape))),
  );
}
