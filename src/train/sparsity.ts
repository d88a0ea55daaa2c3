/** Which kernel values of a layer are pruned, and when: the same for every engine. */
import { product, weightShapesOf, type ResolvedLayer } from '../model';
import type { Sparsity } from './engine';

/** Number of values in a layer's kernel, 0 without one. */
export function kernelSizeOf(layer: ResolvedLayer): number {
  const shape = weightShapesOf(layer).kernel;
  return shape ? product(shape) : 0;
}

/** The layers that are pruned, in order; frozen ones stay as they are. */
export function prunedLayers(
  { layers: chosen }: Sparsity,
  layers: readonly ResolvedLayer[],
  frozen: readonly number[] = [],
): number[] {
  const all = layers
    .map((_, index) => index)
    .filter((index) => kernelSizeOf(layers[index]) > 0 && !frozen.includes(index));
  return chosen
    ? all.filter((index) => chosen.includes(index))
    : all.filter((index) => layers[index].spec.kind !== 'depthwiseConv2d');
}

/** Share of zeros while an epoch (1-based) runs: 0 before `fromEpoch`, `target` from `toEpoch` on, a cubic between. */
export function shareAt({ target, fromEpoch, toEpoch }: Sparsity, epoch: number): number {
  if (epoch >= toEpoch) return target;
  if (epoch < fromEpoch) return 0;
  const left = 1 - (epoch - fromEpoch) / (toEpoch - fromEpoch);
  return target * (1 - left * left * left);
}

/** 0 for the round(share * length) values of least magnitude, 1 for the others; of equal ones the first go first. */
export function maskByMagnitude(values: Float32Array, share: number): Uint8Array {
  const mask = new Uint8Array(values.length).fill(1);
  const order = Uint32Array.from(values, (_, index) => index);
  order.sort((a, b) => Math.abs(values[a]) - Math.abs(values[b]) || a - b);
  for (const index of order.subarray(0, Math.round(share * values.length))) mask[index] = 0;
  return mask;
}
