/**
 * The reference forward pass in floating point over the lowered graph: finds the range of every value over the
 * calibration rows. Plain loops, double precision, no library maths but exp in softmax and sigmoid, so the same rows give the
 * same ranges on every machine. Knows nothing of int8.
 */
import type { Activation } from '../model';
import type { ValueRange } from './types';
import { sizeOf, slide, type Graph, type GraphNode } from './graph';

/** The values of all tensors for one row, each allocated once and overwritten row by row. */
export type Tensors = readonly Float64Array[];

/** Values of the graph that a run computes: all but those that nothing on the way to the output reads. */
export const computedValues = (graph: Graph): number[] => [graph.input, ...graph.nodes.map((node) => node.output)];

/**
 * Runs `count` rows through the graph.
 * @param onRow sees all values of each row, by their index in the graph (overwritten by the next row).
 * @returns the range of each of the graph's values; min > max for values that no row reached.
 */
export function runGraph(
  graph: Graph,
  rows: Float32Array,
  count: number,
  onRow?: (values: Tensors, row: number) => void,
): ValueRange[] {
  const tensors = graph.values.map((value) => new Float64Array(sizeOf(value.shape)));
  const ranges = graph.values.map((): Widening => ({ min: Infinity, max: -Infinity }));
  const width = tensors[graph.input].length;
  const computed = computedValues(graph);
  for (let row = 0; row < count; row++) {
    tensors[graph.input].set(rows.subarray(row * width, (row + 1) * width));
    for (const node of graph.nodes) compute(graph, node, tensors);
    for (const value of computed) widen(ranges[value], tensors[value]);
    onRow?.(tensors, row);
  }
  return ranges;
}

type Widening = { -readonly [K in keyof ValueRange]: number };

function widen(range: Widening, values: Float64Array): void {
  for (const value of values) {
    if (value < range.min) range.min = value;
    if (value > range.max) range.max = value;
  }
}

function activate(values: Float64Array, activation: Activation): void {
  if (activation === 'none') return;
  const ceiling = activation === 'relu6' ? 6 : Infinity;
  for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i], 0), ceiling);
}

function compute(graph: Graph, node: GraphNode, tensors: Tensors): void {
  const input = tensors[node.inputs[0]];
  const output = tensors[node.output];
  const shape = graph.values[node.inputs[0]].shape;
  const outShape = graph.values[node.output].shape;
  switch (node.op) {
    case 'FULLY_CONNECTED':
      fullyConnected(input, node.weights, node.bias, output);
      break;
    case 'CONV_2D':
      convolve(node, input, shape, output, outShape);
      break;
    case 'DEPTHWISE_CONV_2D':
      convolveDepthwise(node, input, shape, output, outShape);
      break;
    case 'MAX_POOL_2D':
    case 'AVERAGE_POOL_2D':
      pool(node, input, shape, output, outShape);
      break;
    case 'MEAN':
      average(input, shape, output);
      break;
    case 'ADD': {
      const other = tensors[node.inputs[1]];
      for (let i = 0; i < output.length; i++) output[i] = input[i] + other[i];
      break;
    }
    case 'PAD':
      pad(node.padding, input, shape, output, outShape);
      break;
    case 'RESHAPE':
      output.set(input);
      break;
    case 'SOFTMAX':
      softmax(input, output, shape[shape.length - 1]);
      break;
    case 'LOGISTIC':
      for (let i = 0; i < output.length; i++) output[i] = 1 / (1 + Math.exp(-input[i]));
      break;
  }
  if ('activation' in node) activate(output, node.activation);
}

function fullyConnected(input: Float64Array, weights: Float64Array, bias: Float64Array, output: Float64Array): void {
  for (let o = 0; o < output.length; o++) {
    let sum = bias[o];
    for (let i = 0, w = o * input.length; i < input.length; i++, w++) sum += input[i] * weights[w];
    output[o] = sum;
  }
}

type Windowed = Extract<GraphNode, { kernel: unknown }>;
type Cell = (position: number, kernelPosition: number) => void;

/** Calls `begin` for each output position and `cell` for each input position under the window there. */
function slideWindow(
  node: Windowed,
  shape: readonly number[],
  outShape: readonly number[],
  cell: Cell,
  end: (outPosition: number) => void,
): void {
  const [, height, width] = shape;
  const [kernelHeight, kernelWidth] = node.kernel;
  const top = slide(height, kernelHeight, node.stride[0], node.padding).before;
  const left = slide(width, kernelWidth, node.stride[1], node.padding).before;
  for (let oy = 0; oy < outShape[1]; oy++)
    for (let ox = 0; ox < outShape[2]; ox++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const y = oy * node.stride[0] - top + ky;
        if (y < 0 || y >= height) continue;
        for (let kx = 0; kx < kernelWidth; kx++) {
          const x = ox * node.stride[1] - left + kx;
          if (x >= 0 && x < width) cell(y * width + x, ky * kernelWidth + kx);
        }
      }
      end(oy * outShape[2] + ox);
    }
}

function convolve(
  node: Extract<GraphNode, { op: 'CONV_2D' }>,
  input: Float64Array,
  shape: readonly number[],
  output: Float64Array,
  outShape: readonly number[],
): void {
  const channels = shape[3];
  const filters = outShape[3];
  // Locals: the innermost loops run some hundred million times while a model is calibrated.
  const { weights } = node;
  const perFilter = weights.length / filters;
  const sums = node.bias.slice();
  slideWindow(
    node,
    shape,
    outShape,
    (position, kernelPosition) => {
      for (let f = 0; f < filters; f++) {
        let sum = sums[f];
        let w = f * perFilter + kernelPosition * channels;
        const end = (position + 1) * channels;
        for (let i = position * channels; i < end; i++) sum += input[i] * weights[w++];
        sums[f] = sum;
      }
    },
    (outPosition) => {
      output.set(sums, outPosition * filters);
      sums.set(node.bias);
    },
  );
}

function convolveDepthwise(
  node: Extract<GraphNode, { op: 'DEPTHWISE_CONV_2D' }>,
  input: Float64Array,
  shape: readonly number[],
  output: Float64Array,
  outShape: readonly number[],
): void {
  const channels = shape[3];
  const filters = outShape[3];
  const { weights, multiplier } = node;
  const sums = node.bias.slice();
  slideWindow(
    node,
    shape,
    outShape,
    (position, kernelPosition) => {
      let f = 0;
      for (let c = 0; c < channels; c++)
        for (let m = 0; m < multiplier; m++, f++)
          sums[f] += input[position * channels + c] * weights[kernelPosition * filters + f];
    },
    (outPosition) => {
      output.set(sums, outPosition * filters);
      sums.set(node.bias);
    },
  );
}

function pool(
  node: Extract<GraphNode, { op: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D' }>,
  input: Float64Array,
  shape: readonly number[],
  output: Float64Array,
  outShape: readonly number[],
): void {
  const channels = shape[3];
  const takesLargest = node.op === 'MAX_POOL_2D';
  const kept = new Float64Array(channels).fill(takesLargest ? -Infinity : 0);
  let cells = 0;
  slideWindow(
    node,
    shape,
    outShape,
    (position) => {
      cells++;
      for (let c = 0; c < channels; c++) {
        const value = input[position * channels + c];
        kept[c] = takesLargest ? Math.max(kept[c], value) : kept[c] + value;
      }
    },
    (outPosition) => {
      // Only real cells count in an average, never the padding.
      for (let c = 0; c < channels; c++) output[outPosition * channels + c] = takesLargest ? kept[c] : kept[c] / cells;
      kept.fill(takesLargest ? -Infinity : 0);
      cells = 0;
    },
  );
}

function average(input: Float64Array, shape: readonly number[], output: Float64Array): void {
  const channels = shape[3];
  output.fill(0);
  for (let i = 0; i < input.length; i++) output[i % channels] += input[i];
  for (let c = 0; c < channels; c++) output[c] /= input.length / channels;
}

function pad(
  padding: readonly [number, number, number, number],
  input: Float64Array,
  shape: readonly number[],
  output: Float64Array,
  outShape: readonly number[],
): void {
  output.fill(0);
  const rowLength = shape[2] * shape[3];
  for (let y = 0; y < shape[1]; y++)
    output.set(
      input.subarray(y * rowLength, (y + 1) * rowLength),
      ((y + padding[0]) * outShape[2] + padding[2]) * shape[3],
    );
}

/** Over each group of `classes` neighbours: the last axis. */
function softmax(input: Float64Array, output: Float64Array, classes: number): void {
  for (let from = 0; from < input.length; from += classes) {
    const end = from + classes;
    let largest = -Infinity;
    for (let i = from; i < end; i++) largest = Math.max(largest, input[i]);
    let sum = 0;
    for (let i = from; i < end; i++) sum += output[i] = Math.exp(input[i] - largest);
    for (let i = from; i < end; i++) output[i] /= sum;
  }
}
