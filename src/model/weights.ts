/**
 * What a model's layers hold: shapes of their weights, how many, the work they cost, and seeded first values.
 * Knows nothing of training.
 */
import { Random } from '../base';
import { ModelError } from './errors';
import { nameOfLayer, product, resolveModel, type ResolvedLayer } from './resolve';
import type { LayerWeights, ModelSpec, ModelWeights } from './spec';

export type WeightName = keyof LayerWeights;
/** The order in which the numbers of a layer are stored everywhere. */
export const weightNames: readonly WeightName[] = ['kernel', 'bias', 'gamma', 'beta', 'movingMean', 'movingVariance'];

/** 512 MiB of float32: far above any board, below what would harm the computer. */
export const mostParameters = 1 << 27;

const biasOf = (spec: { bias?: boolean }, length: number) => (spec.bias === false ? {} : { bias: [length] });

/** Shapes of one layer's weights; empty for layers without. */
export function weightShapesOf(layer: ResolvedLayer): Partial<Record<WeightName, readonly number[]>> {
  const { spec } = layer;
  const input = layer.inputShapes[0];
  const channels = input[input.length - 1];
  switch (spec.kind) {
    case 'dense':
      return { kernel: [input[0], spec.units], ...biasOf(spec, spec.units) };
    case 'conv1d':
      return { kernel: [1, spec.kernel, channels, spec.filters], ...biasOf(spec, spec.filters) };
    case 'conv2d':
      return { kernel: [...spec.kernel, channels, spec.filters], ...biasOf(spec, spec.filters) };
    case 'depthwiseConv2d':
      return { kernel: [...spec.kernel, channels, spec.multiplier], ...biasOf(spec, channels * spec.multiplier) };
    case 'batchNorm':
      return { gamma: [channels], beta: [channels], movingMean: [channels], movingVariance: [channels] };
    default:
      return {};
  }
}

/** All numbers that the model holds, batch norm's moving statistics included (Keras counts them so too). */
export function parameterCount(spec: ModelSpec): number {
  let count = 0;
  for (const layer of resolveModel(spec))
    for (const shape of Object.values(weightShapesOf(layer))) count += product(shape);
  return count;
}

/** Multiply-accumulates of one inference, dense and convolution layers only (the field's usual count). */
export function macsOf(spec: ModelSpec): number {
  let macs = 0;
  for (const layer of resolveModel(spec)) {
    const kernel = weightShapesOf(layer).kernel;
    if (!kernel) continue;
    const positions = layer.outputShape.length === 1 ? 1 : product(layer.outputShape.slice(0, -1));
    macs += positions * product(kernel);
  }
  return macs;
}

/** Largest absolute first value: He for layers that end in a relu, Glorot otherwise, uniform, as in Keras. */
function initialLimit(layer: ResolvedLayer, kernel: readonly number[]): number {
  const rectified = 'activation' in layer.spec && layer.spec.activation !== 'none';
  const field = product(kernel.slice(0, -2));
  // Each filter of a depthwise convolution reads one channel only, so its fan-in is its own field.
  const depthwise = layer.spec.kind === 'depthwiseConv2d';
  const fanIn = depthwise ? field : field * kernel[kernel.length - 2];
  const fanOut = field * kernel[kernel.length - 1];
  return rectified ? Math.sqrt(6 / fanIn) : Math.sqrt(6 / (fanIn + fanOut));
}

/**
 * Weights to begin with: kernels uniform within He's or Glorot's limit, biases 0, batch norm the identity.
 * The same seed gives the same bits on every machine.
 * @throws ModelError for a spec that is not a network, or one too large to hold.
 */
export function initialWeights(spec: ModelSpec, seed: number): ModelWeights {
  const layers = resolveModel(spec);
  if (parameterCount(spec) > mostParameters)
    throw new ModelError(
      'too-large',
      `The model would hold ${parameterCount(spec)} numbers, more than fit into memory.`,
      'Choose a smaller model.',
    );
  const random = new Random(seed);
  return layers.map((layer) => {
    const shapes = weightShapesOf(layer);
    const weights: { -readonly [name in WeightName]?: Float32Array } = {};
    for (const name of weightNames) {
      const shape = shapes[name];
      if (!shape) continue;
      const values = new Float32Array(product(shape));
      if (name === 'kernel') {
        const limit = initialLimit(layer, shape);
        for (let i = 0; i < values.length; i++) values[i] = (random.uniform() * 2 - 1) * limit;
      } else if (name === 'gamma' || name === 'movingVariance') values.fill(1);
      weights[name] = values;
    }
    return weights;
  });
}

/** @throws ModelError `bad-weights` where weights do not have the spec's sizes, or hold a number that is not finite. */
export function checkWeights(spec: ModelSpec, weights: ModelWeights): void {
  const fail = (problem: string): never => {
    throw new ModelError('bad-weights', problem, 'Train the model again.');
  };
  const layers = resolveModel(spec);
  if (!Array.isArray(weights) || weights.length !== layers.length)
    fail(
      `The weights are for ${Array.isArray(weights) ? weights.length : 'no'} layers, but the model has ${layers.length}.`,
    );
  layers.forEach((layer, index) => {
    const shapes = weightShapesOf(layer);
    for (const name of weightNames) {
      const wanted = shapes[name] ? product(shapes[name]) : 0;
      const values = weights[index][name];
      if ((values?.length ?? 0) !== wanted)
        fail(
          `${nameOfLayer(layer.spec, index)} needs ${wanted} numbers as its ${name} but got ${values?.length ?? 0}.`,
        );
      if (values && !values.every(Number.isFinite))
        fail(`${nameOfLayer(layer.spec, index)} has a ${name} that holds a number which is not finite.`);
    }
  });
}
