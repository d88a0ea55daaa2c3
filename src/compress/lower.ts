/**
 * From ModelSpec and weights to the graph of TensorFlow Lite operators: batch norm is folded (fold.ts), layers that
 * change nothing vanish, activations are fused. Knows nothing of quantization.
 */
import {
  modelInput,
  resolveModel,
  type Activation,
  type LayerWeights,
  type ModelSpec,
  type ModelWeights,
  type ResolvedLayer,
} from '../model';
import { foldBatchNorm } from './fold';
import { sizeOf, type Graph, type GraphNode, type Value, type WeightedNode } from './graph';

/** What a layer of the spec has become: a value, and the node that may still be changed because nobody else reads it. */
interface Made {
  readonly value: number;
  readonly node: GraphNode | undefined;
  /** Nobody but the next layer reads it, so activations may be fused into `node`. */
  readonly exclusive: boolean;
}

/** The rank 2 or 4 shape, batch included, in which a layer's output is computed. */
function canonical(shape: readonly number[]): number[] {
  if (shape.length === 1) return [1, shape[0]];
  return shape.length === 2 ? [1, 1, ...shape] : [1, ...shape];
}

const combined: Readonly<Record<Activation, Readonly<Record<Activation, Activation>>>> = {
  none: { none: 'none', relu: 'relu', relu6: 'relu6' },
  relu: { none: 'relu', relu: 'relu', relu6: 'relu6' },
  relu6: { none: 'relu6', relu: 'relu6', relu6: 'relu6' },
};

type Unfinished<Node> = Node extends GraphNode ? Omit<Node, 'output'> : never;

class Lowering {
  readonly values: Value[] = [];
  readonly nodes: GraphNode[] = [];
  private readonly names = new Set<string>();

  constructor(private readonly layers: readonly ResolvedLayer[]) {}

  value(name: string, shape: readonly number[]): number {
    let unique = name;
    for (let n = 2; this.names.has(unique); n++) unique = `${name}_${n}`;
    this.names.add(unique);
    this.values.push({ name: unique, shape });
    return this.values.length - 1;
  }

  add(node: Unfinished<GraphNode>, shape: readonly number[]): GraphNode {
    const finished = { ...node, output: this.value(node.name, shape) } as GraphNode;
    this.nodes.push(finished);
    return finished;
  }

  /** The same numbers under another shape; no operator where the shape is already that. */
  reshaped(value: number, shape: readonly number[], name: string): number {
    if (this.values[value].shape.join() === shape.join()) return value;
    return this.add({ op: 'RESHAPE', name, inputs: [value] }, shape).output;
  }

  /** A value as the [1, h, w, c] that convolutions and pools want. */
  private asImage(value: number, name: string): number {
    const { shape } = this.values[value];
    return this.reshaped(value, shape.length === 4 ? shape : [1, 1, 1, sizeOf(shape)], `${name}/image`);
  }

  private restored(node: GraphNode, shape: readonly number[], exclusive: boolean): Made {
    const value = this.reshaped(node.output, canonical(shape), `${node.name}/shape`);
    return value === node.output
      ? { value, node, exclusive }
      : { value, node: this.nodes[this.nodes.length - 1], exclusive };
  }

  /** `source` is what the layer's first input has become. */
  layer(index: number, source: Made, other: Made | undefined, weights: LayerWeights, exclusive: boolean): Made {
    const { spec, outputShape } = this.layers[index];
    const name = spec.name ?? `${spec.kind}_${index + 1}`;
    const shape = canonical(outputShape);
    switch (spec.kind) {
      case 'dropout':
      case 'batchNorm':
        throw new Error(`${name} should have been folded away`);
      case 'flatten':
      case 'reshape':
        return this.plain(source, name, shape, exclusive);
      case 'activation':
        return this.activated(spec.activation, source, name, outputShape, exclusive);
      case 'globalMaxPool':
        return this.largest(source.value, name, outputShape, exclusive);
      case 'dense':
      case 'conv1d':
      case 'conv2d':
      case 'depthwiseConv2d': {
        const node = this.add(
          weightedNode(spec, name, source.value, outputShape[outputShape.length - 1], weights),
          shape,
        );
        return { value: node.output, node, exclusive };
      }
      default: {
        const node = this.add(otherNode(spec, name, source.value, other?.value), shape);
        return { value: node.output, node, exclusive };
      }
    }
  }

  private plain(source: Made, name: string, shape: number[], exclusive: boolean): Made {
    const before = this.nodes.length;
    const value = this.reshaped(source.value, shape, name);
    if (this.nodes.length === before) return { ...source, exclusive: exclusive && source.exclusive };
    // A reshape moves no numbers, so an activation behind it may still be fused into the node before it.
    return { value, node: source.node, exclusive: exclusive && source.exclusive };
  }

  /** One window over everything: there is no operator for the largest along two axes that every runtime has in int8. */
  private largest(value: number, name: string, outputShape: readonly number[], exclusive: boolean): Made {
    const [, height, width, channels] = this.values[value].shape;
    const window = { kernel: [height, width], stride: [height, width], padding: 'valid' } as const;
    const pool = { op: 'MAX_POOL_2D', name, inputs: [value], activation: 'none', ...window } as const;
    return this.restored(this.add(pool, [1, 1, 1, channels]), outputShape, exclusive);
  }

  private activated(
    activation: Activation,
    source: Made,
    name: string,
    outputShape: readonly number[],
    exclusive: boolean,
  ): Made {
    const through = { ...source, exclusive: exclusive && source.exclusive };
    if (activation === 'none') return through;
    if (source.node && source.exclusive && 'activation' in source.node) {
      source.node.activation = combined[source.node.activation][activation];
      return through;
    }
    // A pool over single values is the identity, and every runtime's pool has a fused activation.
    const image = this.asImage(source.value, name);
    const node = this.add(
      { op: 'MAX_POOL_2D', name, inputs: [image], kernel: [1, 1], stride: [1, 1], padding: 'valid', activation },
      this.values[image].shape,
    );
    return this.restored(node, outputShape, exclusive);
  }
}

type WeightedSpec = Extract<ResolvedLayer['spec'], { kind: 'dense' | 'conv1d' | 'conv2d' | 'depthwiseConv2d' }>;

function weightedNode(
  spec: WeightedSpec,
  name: string,
  input: number,
  channels: number,
  weights: LayerWeights,
): Unfinished<WeightedNode> {
  const { kernel, bias } = weights as { kernel: Float32Array; bias?: Float32Array };
  // A layer without biases has zeros: every runtime reads the same operator, and int8 needs the array.
  const biases = Float64Array.from(bias ?? new Float32Array(channels));
  const common = { name, inputs: [input], bias: biases, activation: spec.activation };
  switch (spec.kind) {
    case 'dense':
      return { op: 'FULLY_CONNECTED', ...common, weights: outputsFirst(kernel, spec.units) };
    case 'conv1d':
      return {
        op: 'CONV_2D',
        ...common,
        weights: outputsFirst(kernel, spec.filters),
        kernel: [1, spec.kernel],
        stride: [1, spec.stride],
        padding: spec.padding,
      };
    case 'conv2d':
      return {
        op: 'CONV_2D',
        ...common,
        weights: outputsFirst(kernel, spec.filters),
        kernel: spec.kernel,
        stride: spec.stride,
        padding: spec.padding,
      };
    case 'depthwiseConv2d':
      // [kh, kw, in, multiplier] read as [kh, kw, in * multiplier] is TensorFlow Lite's own order.
      return {
        op: 'DEPTHWISE_CONV_2D',
        ...common,
        weights: Float64Array.from(kernel),
        multiplier: spec.multiplier,
        kernel: spec.kernel,
        stride: spec.stride,
        padding: spec.padding,
      };
  }
}

/** [..., out] to [out, ...]. */
function outputsFirst(kernel: Float32Array, outputs: number): Float64Array {
  const inner = kernel.length / outputs;
  const turned = new Float64Array(kernel.length);
  for (let i = 0; i < inner; i++) for (let o = 0; o < outputs; o++) turned[o * inner + i] = kernel[i * outputs + o];
  return turned;
}

type OtherSpec = Exclude<
  ResolvedLayer['spec'],
  WeightedSpec | { kind: 'dropout' | 'flatten' | 'reshape' | 'activation' | 'batchNorm' }
>;

function otherNode(spec: OtherSpec, name: string, input: number, other: number | undefined): Unfinished<GraphNode> {
  const inputs = [input];
  switch (spec.kind) {
    case 'maxPool1d':
    case 'averagePool1d':
    case 'maxPool2d':
    case 'averagePool2d': {
      const pair = (n: number | readonly [number, number]): readonly [number, number] =>
        typeof n === 'number' ? [1, n] : n;
      const op = spec.kind.startsWith('max') ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D';
      return {
        op,
        name,
        inputs,
        kernel: pair(spec.size),
        stride: pair(spec.stride),
        padding: spec.padding,
        activation: 'none',
      };
    }
    case 'globalAveragePool':
      return { op: 'MEAN', name, inputs };
    case 'zeroPadding':
      return { op: 'PAD', name, inputs, padding: spec.padding };
    case 'add':
      return { op: 'ADD', name, inputs: [input, other ?? input], activation: spec.activation };
    case 'softmax':
      return { op: 'SOFTMAX', name, inputs };
    case 'sigmoid':
      return { op: 'LOGISTIC', name, inputs };
    case 'globalMaxPool':
      throw new Error(`${name} is two operators`);
  }
}

/**
 * @throws ModelError for a spec that is not a network, or weights that are not its own.
 */
export function lower(original: ModelSpec, trained: ModelWeights): Graph {
  const { spec, weights } = foldBatchNorm(original, trained);
  const layers = resolveModel(spec);
  const readers = layers.map(() => 0);
  for (const layer of layers) for (const from of layer.inputs) if (from !== modelInput) readers[from]++;
  // The last layer is read by whoever runs the model.
  readers[layers.length - 1]++;
  const lowering = new Lowering(layers);
  const input = lowering.value('input', [1, ...spec.input]);
  const start: Made = {
    value: lowering.reshaped(input, canonical(spec.input), 'input/image'),
    node: undefined,
    exclusive: false,
  };
  const made: Made[] = [];
  layers.forEach((layer, index) => {
    const sources = layer.inputs.map((from) => (from === modelInput ? start : made[from]));
    made.push(lowering.layer(index, sources[0], sources[1], weights[index], readers[index] === 1));
  });
  let output = made[made.length - 1].value;
  // An interpreter cannot hand out its input as its output.
  if (lowering.nodes.length === 0)
    output = lowering.add({ op: 'RESHAPE', name: 'output', inputs: [input] }, lowering.values[input].shape).output;
  return { ...pruned(lowering, input, output), input, output, layers: made.map(({ value }) => value) };
}

/** Leaves out what nothing on the way to the output reads. */
function pruned(lowering: Lowering, input: number, output: number): Pick<Graph, 'values' | 'nodes'> {
  const wanted = new Set([input, output]);
  for (const node of [...lowering.nodes].reverse())
    if (wanted.has(node.output)) node.inputs.forEach((value) => wanted.add(value));
  return { values: lowering.values, nodes: lowering.nodes.filter((node) => wanted.has(node.output)) };
}
