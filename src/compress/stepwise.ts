/**
 * The ranges of an int8 model, found a few rows at a time, so that whoever wants to cancel is heard between them. The
 * same ranges as quantiseModel() finds by itself in one go, to the bit: least and greatest values know no order.
 */
import { product, type ModelSpec, type ModelWeights } from '../model';
import { runGraph } from './float-forward';
import { lower } from './lower';
import { checkBounded } from './quantise';
import type { QuantizeOptions, ValueRange } from './types';

const rowsAtOnce = 8;

/**
 * What to give quantiseModel() as `ranges`.
 * @throws CompressError `bad-weights` where the model computes infinite values.
 * @param pause is awaited between two steps with the rows done so far, and may throw to end the work.
 */
export async function rangesInSteps(
  spec: ModelSpec,
  weights: ModelWeights,
  { calibration, calibrationCount }: Pick<QuantizeOptions, 'calibration' | 'calibrationCount'>,
  pause: (done: number) => Promise<void>,
): Promise<readonly ValueRange[]> {
  const graph = lower(spec, weights);
  const width = product(spec.input);
  let all: readonly ValueRange[] | undefined;
  for (let from = 0; from < calibrationCount; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, calibrationCount - from);
    const found = runGraph(graph, calibration.subarray(from * width, (from + count) * width), count);
    all =
      all?.map(({ min, max }, i) => ({ min: Math.min(min, found[i].min), max: Math.max(max, found[i].max) })) ?? found;
    await pause(from + count);
  }
  checkBounded(all ?? []);
  return all ?? [];
}
