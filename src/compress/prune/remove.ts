/** Takes channels out of a network: the description shrinks, and every array of weights with it. Knows nothing of why. */
import type { LayerSpec, LayerWeights } from '../../model';
import type { WeightedModel } from '../fold';
import type { Channels } from './channels';

/** Positions of a last axis that stay. */
function staying(channels: Int32Array, removed: ReadonlySet<number>): number[] {
  const positions: number[] = [];
  channels.forEach((channel, position) => {
    if (!removed.has(channel)) positions.push(position);
  });
  return positions;
}

function pick(values: Float32Array, positions: readonly number[]): Float32Array {
  return Float32Array.from(positions, (position) => values[position]);
}

/** Of [..., in, out], the inputs and outputs that stay. */
function pickKernel(
  kernel: Float32Array,
  ins: number,
  outs: number,
  keepIn: readonly number[],
  keepOut: readonly number[],
) {
  const cells = kernel.length / (ins * outs);
  const made = new Float32Array(cells * keepIn.length * keepOut.length);
  let at = 0;
  for (let cell = 0; cell < cells; cell++)
    for (const i of keepIn) for (const o of keepOut) made[at++] = kernel[(cell * ins + i) * outs + o];
  return made;
}

function shrunkSpec(spec: LayerSpec, length: number): LayerSpec {
  switch (spec.kind) {
    case 'dense':
      return { ...spec, units: length };
    case 'conv1d':
    case 'conv2d':
      return { ...spec, filters: length };
    case 'reshape':
      return { ...spec, shape: [...spec.shape.slice(0, -1), length] };
    default:
      return spec;
  }
}

function shrunkWeights(
  spec: LayerSpec,
  weights: LayerWeights,
  [ins, keepIn]: readonly [number, readonly number[]],
  [outs, keepOut]: readonly [number, readonly number[]],
): LayerWeights {
  const made: { -readonly [K in keyof LayerWeights]: Float32Array } = {};
  for (const [name, values] of Object.entries(weights) as [keyof LayerWeights, Float32Array][]) {
    if (name !== 'kernel') made[name] = pick(values, keepOut);
    else if (spec.kind === 'depthwiseConv2d') {
      const multiplied = Array.from({ length: spec.multiplier }, (_, m) => m);
      made.kernel = pickKernel(values, ins, spec.multiplier, keepIn, multiplied);
    } else made.kernel = pickKernel(values, ins, outs, keepIn, keepOut);
  }
  return made;
}

/**
 * @param removed channels of `channels.families`; at least one of each family must stay.
 * Untouched layers keep their objects and arrays.
 */
export function removeChannels(
  { spec, weights }: WeightedModel,
  channels: Channels,
  removed: ReadonlySet<number>,
): WeightedModel {
  const layers: LayerSpec[] = [];
  const shrunk: LayerWeights[] = [];
  channels.layers.forEach((layer, index) => {
    const [input, output] = [channels.ofInput[index], channels.ofOutput[index]];
    const keepIn = staying(input, removed);
    const keepOut = staying(output, removed);
    const same = keepIn.length === input.length && keepOut.length === output.length;
    layers.push(same ? layer.spec : shrunkSpec(layer.spec, keepOut.length));
    shrunk.push(
      same
        ? weights[index]
        : shrunkWeights(layer.spec, weights[index], [input.length, keepIn], [output.length, keepOut]),
    );
  });
  return { spec: { ...spec, layers }, weights: shrunk };
}
