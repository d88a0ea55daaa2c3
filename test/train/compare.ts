/** How far two engines' results are apart. */
import { expect } from 'vitest';
import type { ModelWeights } from '../../src/model';

const normOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
};

/** Norm of the difference over the norm of `theirs`, or over `floor` where that is larger. */
export function difference(ours: Float32Array, theirs: Float32Array, floor: number): number {
  expect(ours.length).toBe(theirs.length);
  const apart = normOf(Float64Array.from(ours, (value, i) => value - theirs[i]));
  return apart === 0 ? 0 : apart / Math.max(normOf(theirs), floor);
}

/** An array whose norm is below this share of the largest in the network is zero by its nature. */
const nothing = 1e-4;

/**
 * The largest relative difference of any array of gradients, each measured as the norm of the difference over the norm
 * of the other engine's array. Where a gradient is zero by its nature (a bias before a batch norm) both engines return
 * the rounding of larger numbers that cancel: those are measured over the largest norm of any array instead.
 */
export function worstDifference(ours: ModelWeights, theirs: ModelWeights): number {
  const arrays = theirs.flatMap((layer, index) =>
    (Object.entries(layer) as [keyof typeof layer, Float32Array][]).map(([name, values]) => {
      expect(ours[index][name], `layer ${index + 1} ${name}`).toBeDefined();
      return [ours[index][name] as Float32Array, values] as const;
    }),
  );
  expect(ours.flatMap((layer) => Object.keys(layer)).length).toBe(arrays.length);
  const largest = Math.max(...arrays.map(([, values]) => normOf(values)));
  return Math.max(
    0,
    ...arrays.map(([mine, values]) => difference(mine, values, normOf(values) < nothing * largest ? largest : 0)),
  );
}
