/**
 * The network between ModelSpec and .tflite: every node is one TensorFlow Lite operator, batch norm is folded, dropout
 * is gone, activations are fused. Shapes carry the batch (1) and are of rank 2 [1, n] or 4 [1, h, w, c]; a
 * [time, channels] layer is [1, 1, time, channels]. Weights are still real numbers, in TensorFlow Lite's own order.
 * Knows nothing of quantization or files.
 */
import type { Activation, Padding } from '../model';

export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

interface Common {
  readonly name: string;
  /** Indices into Graph.values. */
  readonly inputs: readonly number[];
  readonly output: number;
}

interface Window {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly padding: Padding;
}

/** The nodes that multiply by weights. */
export type WeightedNode = Common & {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  activation: Activation;
} & (
    | ({ readonly op: 'CONV_2D' /** weights [out, kh, kw, in] */ } & Window)
    | ({ readonly op: 'DEPTHWISE_CONV_2D' /** weights [1, kh, kw, out] */; readonly multiplier: number } & Window)
    | { readonly op: 'FULLY_CONNECTED' /** weights [out, in] */ }
  );

export type GraphNode =
  | WeightedNode
  | (Common & { readonly op: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D'; activation: Activation } & Window)
  | (Common & { readonly op: 'ADD'; activation: Activation })
  | (Common & { readonly op: 'PAD'; readonly padding: readonly [number, number, number, number] })
  | (Common & { readonly op: 'MEAN' | 'RESHAPE' | 'SOFTMAX' | 'LOGISTIC' });

export interface Graph {
  readonly values: readonly Value[];
  readonly nodes: readonly GraphNode[];
  readonly input: number;
  readonly output: number;
  /** What the output of each layer of the (folded) model has become; the same value for layers that became one node. */
  readonly layers: readonly number[];
}

export function isWeighted(node: GraphNode): node is WeightedNode {
  return node.op === 'CONV_2D' || node.op === 'DEPTHWISE_CONV_2D' || node.op === 'FULLY_CONNECTED';
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/**
 * Output length and padding in front along one side, as TensorFlow defines 'same' and 'valid'.
 * 'same' pads the odd element behind.
 */
export function slide(
  length: number,
  kernel: number,
  stride: number,
  padding: Padding,
): { out: number; before: number } {
  if (padding === 'valid') return { out: Math.floor((length - kernel) / stride) + 1, before: 0 };
  const out = Math.ceil(length / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + kernel - length) / 2) };
}
