/**
 * From real numbers to int8, after TensorFlow Lite's 8-bit quantization specification: value = scale * (q - zero
 * point); activations asymmetric per tensor, weights symmetric in -127..127 per output channel, bias int32 with scale
 * input * weight. Also keeps every intermediate sum inside int32, whatever the weights, so that all interpreters
 * agree. Knows nothing of files.
 */
import { isWeighted, type Graph, type GraphNode, type WeightedNode } from './graph';
import type { ValueRange } from './types';

/** Scales are float32, as they are stored. */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface QuantizedWeights {
  readonly values: Int8Array;
  readonly bias: Int32Array;
  /** One per output channel, or a single one for the whole tensor. */
  readonly scales: Float32Array;
  readonly biasScales: Float32Array;
}

export interface QuantizedGraph {
  readonly graph: Graph;
  /** One per value of the graph. */
  readonly values: readonly Quantization[];
  /** Weights of each node that has them. */
  readonly weights: ReadonlyMap<GraphNode, QuantizedWeights>;
}

/** Below this, a range is taken for zero: rows are normalised, so real activations are of the order of 1. */
const smallestScale = 2 ** -20;
/** Where a value never was anything but zero. */
const scaleOfZero = 2 ** -7;
/** Of what softmax and sigmoid put out, fixed by the specification: probabilities in 1/256ths. */
const probability: Quantization = { scale: 1 / 256, zeroPoint: -128 };
/** Largest bias: half of int32's range is left for the sum of products. */
const largestBias = 2 ** 29;
const largestSum = 2 ** 31 - 1;

/** Half away from zero, as TfLiteRound. */
export const roundAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

const clampInt8 = (q: number): number => Math.min(127, Math.max(-128, q));

/** Scale and zero point for a range; the range is widened to hold zero, which must be exact (padding, relu). */
export function quantizationOf(range: ValueRange, atLeast = smallestScale): Quantization {
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  if (!(max - min > 0)) return { scale: Math.max(scaleOfZero, Math.fround(atLeast)), zeroPoint: 0 };
  const scale = Math.fround(Math.max((max - min) / 255, atLeast));
  return { scale, zeroPoint: clampInt8(roundAway(-128 - min / scale)) };
}

function largestPerChannel(node: WeightedNode): Float64Array {
  const channels = node.bias.length;
  const perChannel = node.weights.length / channels;
  const largest = new Float64Array(channels);
  node.weights.forEach((weight, i) => {
    const c = channelOf(node, i, channels, perChannel);
    largest[c] = Math.max(largest[c], Math.abs(weight));
  });
  return largest;
}

const channelOf = (node: WeightedNode, i: number, channels: number, perChannel: number): number =>
  node.op === 'DEPTHWISE_CONV_2D' ? i % channels : Math.floor(i / perChannel);

/**
 * One scale per channel. A channel without weights still has a bias to carry, and a bias much larger than its weights
 * needs a scale that keeps it inside int32; a channel with neither gets the largest scale of the others.
 */
function weightScales(node: WeightedNode, inputScale: number, perChannel: boolean): Float32Array {
  const largest = largestPerChannel(node);
  const scales = Float32Array.from(largest, (weight, c) =>
    Math.max(weight / 127, Math.abs(node.bias[c]) / (inputScale * largestBias)),
  );
  const widest = scales.reduce((a, b) => Math.max(a, b), 0) || 1 / 127;
  if (!perChannel) return new Float32Array(1).fill(widest);
  // 2^-40 of the widest would round every product to nothing anyway; below lie float32's imprecise numbers.
  return scales.map((scale) => (scale > 0 ? Math.max(scale, widest * 2 ** -40) : widest));
}

function quantizeWeights(node: WeightedNode, inputScale: number, perChannel: boolean): QuantizedWeights {
  const channels = node.bias.length;
  const weightsPerChannel = node.weights.length / channels;
  const scales = weightScales(node, inputScale, perChannel);
  for (;;) {
    const scaleOf = (c: number): number => scales[perChannel ? c : 0];
    const values = Int8Array.from(node.weights, (weight, i) => {
      const q = roundAway(weight / scaleOf(channelOf(node, i, channels, weightsPerChannel)));
      return Math.min(127, Math.max(-127, q));
    });
    const biasScales = scales.map((scale) => inputScale * scale);
    const bias = Int32Array.from(node.bias, (b, c) => roundAway(b / biasScales[perChannel ? c : 0]));
    const sums = largestSums(node, values, bias);
    const tooLarge = sums.findIndex((sum) => sum > largestSum);
    if (tooLarge < 0) return { values, bias, scales, biasScales };
    // A very wide layer could overflow int32 with extreme inputs: a coarser scale for that channel prevents it.
    scales[perChannel ? tooLarge : 0] *= 2;
  }
}

/** The largest absolute sum of products and bias that any int8 input can make, per channel. */
function largestSums(node: WeightedNode, values: Int8Array, bias: Int32Array): Float64Array {
  const perChannel = node.weights.length / bias.length;
  const sums = Float64Array.from(bias, Math.abs);
  values.forEach((value, i) => (sums[channelOf(node, i, bias.length, perChannel)] += Math.abs(value) * 255));
  return sums;
}

/**
 * The smallest output scale with which `sum * 2^shift` stays inside int32 for every channel, where the multiplier
 * inputScale * weightScale / outputScale is q * 2^shift with q in [0.5, 1): interpreters shift left before they
 * multiply. Only matters where the calibration rows left an output almost silent.
 */
function smallestOutputScale(node: WeightedNode, quantized: QuantizedWeights): number {
  let smallest = smallestScale;
  largestSums(node, quantized.values, quantized.bias).forEach((sum, c) => {
    const productScale = quantized.biasScales[quantized.biasScales.length === 1 ? 0 : c];
    // 2^shift < 2 * multiplier where the multiplier is above one half.
    smallest = Math.max(smallest, (2 * productScale * sum) / largestSum);
  });
  return smallest;
}

/** @param perChannelDense also quantise fully connected weights per output channel. */
export function quantizeGraph(graph: Graph, ranges: readonly ValueRange[], perChannelDense: boolean): QuantizedGraph {
  const values: Quantization[] = graph.values.map(() => probability);
  values[graph.input] = quantizationOf(ranges[graph.input]);
  const weights = new Map<GraphNode, QuantizedWeights>();
  for (const node of graph.nodes) {
    const input = values[node.inputs[0]];
    const range = ranges[node.output];
    if (isWeighted(node)) {
      const quantized = quantizeWeights(node, input.scale, node.op !== 'FULLY_CONNECTED' || perChannelDense);
      weights.set(node, quantized);
      values[node.output] = quantizationOf(range, smallestOutputScale(node, quantized));
    } else if (node.op === 'ADD') {
      // The sum is computed with 20 extra bits; the output's scale may not be finer than those.
      const widest = Math.max(input.scale, values[node.inputs[1]].scale);
      values[node.output] = quantizationOf(range, Math.max(smallestScale, widest * 2 ** -18));
    } else if (node.op === 'MEAN') {
      values[node.output] = quantizationOf(range, Math.max(smallestScale, input.scale * 2 ** -8));
    } else if (node.op === 'SOFTMAX' || node.op === 'LOGISTIC') {
      values[node.output] = probability;
    } else {
      values[node.output] = input;
    }
  }
  return { graph, values, weights };
}
