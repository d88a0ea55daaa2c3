/**
 * Ranges that leave out the rarest numbers, so that one outlier does not make all others coarse. A histogram per value
 * of the graph, much finer than int8, so that the answer does not depend on the order of rows. Knows nothing of int8.
 */
import { computedValues, runGraph } from './float-forward';
import type { Graph } from './graph';
import type { ValueRange } from './types';

/** 64 bins per int8 step of the whole range. */
const bins = 1 << 14;

/**
 * @param whole the smallest and largest number of each value over the same rows.
 * @param inside the share of numbers, 0.5..1, that may not lie above the range, and the same below it.
 */
export function percentileRanges(
  graph: Graph,
  rows: Float32Array,
  count: number,
  whole: readonly ValueRange[],
  inside: number,
): ValueRange[] {
  const computed = computedValues(graph);
  const histograms = graph.values.map((_, value) => (computed.includes(value) ? new Uint32Array(bins) : undefined));
  runGraph(graph, rows, count, (values) => {
    for (const value of computed) tally(histograms[value] as Uint32Array, whole[value], values[value]);
  });
  return whole.map((range, value) => {
    const histogram = histograms[value];
    return histogram && range.max > range.min ? narrowed(histogram, range, inside) : range;
  });
}

function tally(histogram: Uint32Array, { min, max }: ValueRange, values: Float64Array): void {
  const perBin = (max - min) / bins;
  if (!(perBin > 0)) return;
  for (const value of values) histogram[Math.min(bins - 1, Math.floor((value - min) / perBin))]++;
}

/** Cuts whole bins off both ends as long as at most 1 - `inside` of all numbers lie in those cut off at one end. */
function narrowed(histogram: Uint32Array, { min, max }: ValueRange, inside: number): ValueRange {
  const total = histogram.reduce((sum, n) => sum + n, 0);
  const spare = (1 - inside) * total;
  const emptyBins = (order: (i: number) => number): number => {
    let seen = 0;
    for (let i = 0; i < bins; i++) {
      seen += histogram[order(i)];
      if (seen > spare) return i;
    }
    return 0;
  };
  const perBin = (max - min) / bins;
  const low = emptyBins((i) => i);
  const high = emptyBins((i) => bins - 1 - i);
  return { min: min + low * perBin, max: high === 0 ? max : max - high * perBin };
}
