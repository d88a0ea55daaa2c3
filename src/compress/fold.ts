/**
 * Batch norm folded away: the same network without layers that only matter while training. Works on ModelSpec and
 * float32 weights, so that whoever trains on (quantisation-aware) and whoever writes the file start from the same bits.
 * Knows nothing of graphs or quantization.
 */
import {
  checkWeights,
  modelInput,
  resolveModel,
  type LayerSpec,
  type LayerWeights,
  type ModelSpec,
  type ModelWeights,
  type ResolvedLayer,
} from '../model';

/** Keras' own default, as the trainers use it. */
const defaultEpsilon = 1e-3;

export interface WeightedModel {
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
}

/** A layer of the new model, its inputs as indices of new layers. */
interface Entry {
  spec: LayerSpec;
  weights: LayerWeights;
  readonly inputs: readonly number[];
}

/** What a layer of the old model has become: a layer of the new one, which may be changed if nobody else reads it. */
interface Made {
  readonly index: number;
  readonly exclusive: boolean;
}

type Foldable = Extract<LayerSpec, { kind: 'dense' | 'conv1d' | 'conv2d' | 'depthwiseConv2d' }>;
type BatchNorm = Extract<LayerSpec, { kind: 'batchNorm' }>;

const isFoldable = (spec: LayerSpec): spec is Foldable =>
  spec.kind === 'dense' || spec.kind === 'conv1d' || spec.kind === 'conv2d' || spec.kind === 'depthwiseConv2d';

class Folding {
  readonly entries: Entry[] = [];

  add(spec: LayerSpec, weights: LayerWeights, inputs: readonly number[]): number {
    return this.entries.push({ spec, weights, inputs }) - 1;
  }

  layer({ spec, outputShape }: ResolvedLayer, sources: readonly Made[], weights: LayerWeights, alone: boolean): Made {
    const through = { ...sources[0], exclusive: alone && sources[0].exclusive };
    switch (spec.kind) {
      case 'dropout':
        return through;
      case 'activation':
        if (spec.activation === 'none') return through;
        break;
      case 'batchNorm':
        return { index: this.normalised(spec, outputShape, sources[0], weights), exclusive: alone };
      default:
    }
    const inputs = sources.map((source) => source.index);
    return { index: this.add(spec, weights, inputs), exclusive: alone };
  }

  /** Into the weights before it where only it reads them; otherwise a 1x1 depthwise convolution of its own. */
  private normalised(spec: BatchNorm, shape: readonly number[], source: Made, weights: LayerWeights): number {
    const { scale, offset } = scaleAndOffset(spec, weights);
    const before = this.entries[source.index] as Entry | undefined;
    if (before && source.exclusive && isFoldable(before.spec) && before.spec.activation === 'none') {
      before.weights = folded(before.weights, scale, offset);
      const merged = { ...before.spec, activation: spec.activation, ...named(spec.name ?? before.spec.name) };
      before.spec = without(merged, 'bias');
      return source.index;
    }
    const own = { kernel: Float32Array.from(scale), bias: Float32Array.from(offset) };
    const norm = { kind: 'depthwiseConv2d', multiplier: 1, kernel: [1, 1], stride: [1, 1], padding: 'valid' } as const;
    const { activation } = spec;
    if (shape.length === 3) return this.add({ ...norm, activation, ...named(spec.name) }, own, [source.index]);
    const image = shape.length === 2 ? [1, ...shape] : [1, 1, ...shape];
    const seen = this.add({ kind: 'reshape', shape: image }, {}, [source.index]);
    const scaled = this.add({ ...norm, activation }, own, [seen]);
    return this.add({ kind: 'reshape', shape, ...named(spec.name) }, {}, [scaled]);
  }
}

const without = (spec: LayerSpec, ...fields: string[]): LayerSpec =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field))) as unknown as LayerSpec;

const named = (name: string | undefined) => (name === undefined ? {} : { name });

/** gamma * (x - mean) / sqrt(variance + epsilon) + beta = scale * x + offset. */
function scaleAndOffset({ epsilon = defaultEpsilon }: BatchNorm, weights: LayerWeights) {
  const { gamma, beta, movingMean, movingVariance } = weights as Required<LayerWeights>;
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(movingVariance[c] + epsilon));
  return { scale, offset: Float64Array.from(beta, (b, c) => b - movingMean[c] * scale[c]) };
}

/** The last axis of every kernel, [in, multiplier] taken as one in depthwise ones, runs over the output channels. */
function folded(weights: LayerWeights, scale: Float64Array, offset: Float64Array): LayerWeights {
  const { kernel, bias } = weights as { kernel: Float32Array; bias?: Float32Array };
  const channels = scale.length;
  return {
    kernel: kernel.map((weight, i) => weight * scale[i % channels]),
    bias: Float32Array.from(offset, (shift, c) => (bias ? bias[c] * scale[c] : 0) + shift),
  };
}

/** Writes `inputs` where a layer does not simply read the one before it, and names those that are read so. */
function rewired(entries: readonly Entry[]): LayerSpec[] {
  const taken = new Set(['input', ...entries.map(({ spec }) => spec.name)]);
  const names = entries.map(({ spec }) => spec.name);
  const nameOf = (index: number): string => {
    if (index === modelInput) return 'input';
    for (let n = index + 1; names[index] === undefined; n++) {
      const name = `${entries[index].spec.kind}_${n}`;
      if (taken.has(name)) continue;
      taken.add(name);
      names[index] = name;
    }
    return names[index];
  };
  const inputs = entries.map(({ inputs: read }, index) =>
    read.length === 1 && read[0] === index - 1 ? undefined : read.map(nameOf),
  );
  return entries.map(({ spec }, index) => {
    const rest = without(spec, 'inputs', 'name');
    const wired = inputs[index] ? { inputs: inputs[index] } : {};
    return { ...rest, ...named(names[index]), ...wired };
  });
}

/**
 * The same function without batchNorm and dropout layers (nor activations that do nothing). A batch norm goes into the
 * dense or convolution layer before it where nothing else reads that layer and it has no activation; the layer then has
 * a bias. Elsewhere (behind an add, a pool, ...) it becomes a 1x1 depthwiseConv2d, between two reshapes where its input is
 * no [height, width, channels]. A layer that took in a batch norm goes by the norm's name, if that had one.
 * Folded weights are computed in double precision and rounded once to float32.
 * @throws ModelError for a spec that is not a network, or weights that are not its own.
 */
export function foldBatchNorm(spec: ModelSpec, weights: ModelWeights): WeightedModel {
  checkWeights(spec, weights);
  const layers = resolveModel(spec);
  const readers = layers.map(() => 0);
  for (const layer of layers) for (const from of layer.inputs) if (from !== modelInput) readers[from]++;
  // The last layer is read by whoever runs the model.
  readers[layers.length - 1]++;
  const folding = new Folding();
  const start: Made = { index: modelInput, exclusive: false };
  const made: Made[] = [];
  layers.forEach((layer, index) => {
    const sources = layer.inputs.map((from) => (from === modelInput ? start : made[from]));
    made.push(folding.layer(layer, sources, weights[index], readers[index] === 1));
  });
  const { entries } = folding;
  const output = made[made.length - 1].index;
  // The output is the last layer; where that one vanished into an earlier one, a layer that changes nothing stands there.
  if (output !== entries.length - 1 || entries.length === 0)
    folding.add({ kind: 'activation', activation: 'none' }, {}, [output]);
  return {
    spec: { ...spec, layers: rewired(entries) },
    weights: entries.map((entry) => entry.weights),
  };
}
