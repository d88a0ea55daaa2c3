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

/** What gradients may be apart, relative. */
export const tolerance = 1e-4;

/**
 * Below this share of the largest norm in the network an array cannot be held to the tolerance: where large numbers
 * cancel (a bias or scale before a batch norm), float32 (2^-23) leaves rounding of about its precision times the largest.
 */
const cancelledShare = 2 ** -23 / tolerance;

export interface GradientDifference {
  /** Of any array that is not cancelled: norm of the difference over the norm of the other engine's array. */
  readonly worst: number;
  readonly arrays: number;
  /** Arrays of less than cancelledShare of the largest norm, and their worst difference over that largest norm. */
  readonly cancelled: number;
  readonly worstCancelled: number;
}

/** Compares all arrays of gradients; both engines must have the same ones. */
export function gradientDifference(ours: ModelWeights, theirs: ModelWeights): GradientDifference {
  const arrays = theirs.flatMap((layer, index) =>
    (Object.entries(layer) as [keyof typeof layer, Float32Array][]).map(([name, values]) => {
      expect(ours[index][name], `layer ${index + 1} ${name}`).toBeDefined();
      return { mine: ours[index][name] as Float32Array, values, norm: normOf(values) };
    }),
  );
  expect(ours.flatMap((layer) => Object.keys(layer)).length).toBe(arrays.length);
  const largest = Math.max(...arrays.map(({ norm }) => norm));
  const cancelled = arrays.filter(({ norm }) => norm < cancelledShare * largest);
  const others = arrays.filter((array) => !cancelled.includes(array));
  return {
    worst: Math.max(0, ...others.map(({ mine, values }) => difference(mine, values, 0))),
    arrays: arrays.length,
    cancelled: cancelled.length,
    worstCancelled: Math.max(0, ...cancelled.map(({ mine, values }) => difference(mine, values, largest))),
  };
}

/** @throws where gradients are further apart than the tolerance; cancelled ones are held to a tenth of it, absolutely. */
export function expectSameGradients(found: GradientDifference, about: string): void {
  expect(found.worst, about).toBeLessThan(tolerance);
  expect(found.worstCancelled, about).toBeLessThan(tolerance / 10);
}
