/**
 * Which channels of a network can only be removed together. A channel is one output of a dense or convolution layer,
 * and all that is computed from it alone: its place behind norms, pools, depthwise convolutions, in a flattened list. A
 * residual add ties the channels of its two sides. Knows nothing of weights, scores or targets.
 */
import { modelInput, resolveModel, type LayerSpec, type ModelSpec, type ResolvedLayer } from '../../model';

/** Dense and convolution layers: where channels begin. */
export type Producer = Extract<LayerSpec, { kind: 'dense' | 'conv1d' | 'conv2d' }>;
export const isProducer = (spec: LayerSpec): spec is Producer =>
  spec.kind === 'dense' || spec.kind === 'conv1d' || spec.kind === 'conv2d';

export interface Channels {
  readonly layers: readonly ResolvedLayer[];
  /** Per layer: the channel that each position of its output's last axis belongs to. */
  readonly ofOutput: readonly Int32Array[];
  /** The same for what each layer reads (the first of two inputs: an add's sides are tied). */
  readonly ofInput: readonly Int32Array[];
  /** Channels that may be removed, in families: those that begin in the same layers. */
  readonly families: readonly (readonly number[])[];
}

/** Disjoint sets of numbers. */
class Sets {
  private readonly parents: number[] = [];

  add(): number {
    return this.parents.push(this.parents.length) - 1;
  }

  find(member: number): number {
    let root = member;
    while (this.parents[root] !== root) root = this.parents[root];
    while (this.parents[member] !== root) [member, this.parents[member]] = [this.parents[member], root];
    return root;
  }

  join(a: number, b: number): void {
    // The smaller number stays, so that the result does not depend on the order of joining.
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y);
    this.parents[high] = low;
  }
}

const lastOf = (shape: readonly number[]): number => shape[shape.length - 1];

class Tracing {
  readonly sets = new Sets();
  /** The set of all that must stay: the model's input and output, and channels that a reshape mixes. */
  readonly kept = this.sets.add();
  readonly outputs: Int32Array[] = [];
  readonly inputs: Int32Array[] = [];

  keep(channels: Int32Array): void {
    for (const channel of channels) this.sets.join(this.kept, channel);
  }

  layer({ spec, outputShape, inputs }: ResolvedLayer, input: Int32Array): Int32Array {
    const length = lastOf(outputShape);
    if (isProducer(spec)) return Int32Array.from({ length }, () => this.sets.add());
    switch (spec.kind) {
      case 'depthwiseConv2d':
        return Int32Array.from({ length }, (_, i) => input[Math.floor(i / spec.multiplier)]);
      case 'flatten':
      case 'reshape':
        return this.reshaped(input, length);
      case 'add':
        inputs.slice(1).forEach((from) => this.tie(input, from));
        return input;
      default:
        return input;
    }
  }

  private tie(input: Int32Array, from: number): void {
    if (from === modelInput) this.keep(input);
    else this.outputs[from].forEach((channel, i) => this.sets.join(channel, input[i]));
  }

  /** Values keep their order, so position i of the new last axis holds channel i modulo the old one's length, if that divides it. */
  private reshaped(input: Int32Array, length: number): Int32Array {
    if (length % input.length === 0) return Int32Array.from({ length }, (_, i) => input[i % input.length]);
    this.keep(input);
    return new Int32Array(length).fill(this.kept);
  }
}

export function channelsOf(spec: ModelSpec): Channels {
  const layers = resolveModel(spec);
  const tracing = new Tracing();
  const start = new Int32Array(lastOf(spec.input)).fill(tracing.kept);
  layers.forEach((layer, index) => {
    const from = layer.inputs[0];
    tracing.inputs[index] = from === modelInput ? start : tracing.outputs[from];
    tracing.outputs[index] = tracing.layer(layer, tracing.inputs[index]);
  });
  tracing.keep(tracing.outputs[layers.length - 1]);
  const rooted = (channels: Int32Array): Int32Array => channels.map((channel) => tracing.sets.find(channel));
  const ofOutput = tracing.outputs.map(rooted);
  const families = familiesOf(layers, ofOutput, tracing.sets.find(tracing.kept));
  return { layers, ofOutput, ofInput: tracing.inputs.map(rooted), families };
}

/** Channels that begin in the same layers, in the order of the first such layer. */
function familiesOf(layers: readonly ResolvedLayer[], ofOutput: readonly Int32Array[], kept: number): number[][] {
  const producers = new Sets();
  const firstProducer = new Map<number, number>();
  layers.forEach((layer, index) => {
    producers.add();
    if (!isProducer(layer.spec)) return;
    for (const channel of ofOutput[index]) {
      const first = firstProducer.get(channel);
      if (first === undefined) firstProducer.set(channel, index);
      else if (channel !== kept) producers.join(first, index);
    }
  });
  const families = new Map<number, number[]>();
  for (const [channel, producer] of firstProducer) {
    if (channel === kept) continue;
    const family = producers.find(producer);
    families.set(family, [...(families.get(family) ?? []), channel]);
  }
  return [...families.values()];
}
