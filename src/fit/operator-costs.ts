/**
 * Instructions of the engine's operators on each instruction set, counted: the table behind costs.ts. Pure data and
 * arithmetic.
 *
 * Executed instructions of this program's own engine, compiled with gcc 12 -O2 for each core and run in an emulator, fitted
 * over a keyword network, an autoencoder, a person detector, the motion models and single operators of a few sizes.
 * test/fit/instructions.test.ts and test/fit/operator-costs.test.ts count again and fail when the engine has moved away.
 */
import type { TfliteOperator, TfliteSummary } from '../compress';

/**
 * Convolutions. `gather` is one value under the window of one place, brought into order for all output channels; `place` one
 * position of the output.
 */
interface Weighted {
  readonly conv: { readonly mac: number; readonly gather: number; readonly output: number };
  readonly depthwise: { readonly mac: number; readonly place: number; readonly output: number };
  readonly dense: { readonly mac: number; readonly output: number };
  /** `unit`: one of the state's values at one step. */
  readonly lstm: { readonly mac: number; readonly unit: number };
  /** `input`: one element. */
  readonly softmax: { readonly input: number; readonly once: number };
  /** Of other operators, one element of the input or of the output, whichever has more. */
  readonly perElement: Readonly<Record<string, number>>;
}

export interface OperatorCosts {
  readonly int8: Weighted;
  /** int16 values, int8 weights. */
  readonly int16: Weighted;
  /** `filter`: one row of weights. */
  readonly svdf: { readonly mac: number; readonly filter: number };
  /** What copies: one run of neighbours, and one byte. */
  readonly copied: Readonly<Record<string, { readonly run: number; readonly byte: number }>>;
  /** Functions of one int8 value: so much each, but no more than once for each of the 256 values there are. */
  readonly lookedUp: Readonly<
    Record<string, { readonly value: number; readonly from: number; readonly element: number }>
  >;
}

export const armv7em: OperatorCosts = {
  int8: {
    conv: { mac: 0.9, gather: 11, output: 15 },
    depthwise: { mac: 4.6, place: 137, output: 0.5 },
    dense: { mac: 1.5, output: 35 },
    lstm: { mac: 1.4, unit: 800 },
    softmax: { input: 100, once: 900 },
    perElement: {
      ...{ ADD: 88, SUB: 92, MUL: 46, MAXIMUM: 12, MINIMUM: 12, RELU: 43, RELU6: 14, LEAKY_RELU: 45 },
      ...{ MAX_POOL_2D: 29, AVERAGE_POOL_2D: 11, MEAN: 35, ARG_MAX: 10, PAD: 5.8, PADV2: 5.8, TRANSPOSE: 5 },
      ...{ RESHAPE: 0, SQUEEZE: 0, EXPAND_DIMS: 0, QUANTIZE: 30, DEQUANTIZE: 10 },
    },
  },
  int16: {
    conv: { mac: 4.4, gather: 20, output: 107 },
    depthwise: { mac: 24.5, place: 0, output: 0 },
    dense: { mac: 5, output: 92 },
    lstm: { mac: 4.9, unit: 985 },
    softmax: { input: 57, once: 170 },
    perElement: {
      ...{ ADD: 82, SUB: 82, MUL: 38, MAXIMUM: 10, MINIMUM: 10, RELU: 38, RELU6: 10, LEAKY_RELU: 40 },
      ...{ MAX_POOL_2D: 24, AVERAGE_POOL_2D: 12, MEAN: 34, PAD: 7.6, PADV2: 7.6, TRANSPOSE: 25 },
      ...{ LOGISTIC: 21, TANH: 21, RESHAPE: 0, SQUEEZE: 0, EXPAND_DIMS: 0, QUANTIZE: 30, DEQUANTIZE: 10 },
    },
  },
  svdf: { mac: 1.5, filter: 200 },
  copied: {
    CONCATENATION: { run: 28, byte: 1 },
    SPLIT: { run: 28, byte: 1 },
    STRIDED_SLICE: { run: 56, byte: 1 },
    RESIZE_NEAREST_NEIGHBOR: { run: 28, byte: 1 },
  },
  lookedUp: {
    LOGISTIC: { value: 293, from: 384, element: 10 },
    TANH: { value: 293, from: 384, element: 10 },
    HARD_SWISH: { value: 93, from: 320, element: 9.5 },
  },
};

export const armv6m: OperatorCosts = {
  int8: {
    conv: { mac: 3.2, gather: 20, output: 58 },
    depthwise: { mac: 17.3, place: 314, output: 2 },
    dense: { mac: 4, output: 100 },
    lstm: { mac: 3.8, unit: 1640 },
    softmax: { input: 350, once: 3500 },
    perElement: {
      ...{ ADD: 280, SUB: 288, MUL: 118, MAXIMUM: 17.5, MINIMUM: 17.5, RELU: 100, RELU6: 14, LEAKY_RELU: 104 },
      ...{ MAX_POOL_2D: 40, AVERAGE_POOL_2D: 20, MEAN: 49, ARG_MAX: 9, PAD: 6.3, PADV2: 6.3, TRANSPOSE: 6.5 },
      ...{ RESHAPE: 0, SQUEEZE: 0, EXPAND_DIMS: 0, QUANTIZE: 200, DEQUANTIZE: 100 },
    },
  },
  int16: {
    conv: { mac: 9.1, gather: 31, output: 213 },
    depthwise: { mac: 46, place: 0, output: 0 },
    dense: { mac: 10, output: 197 },
    lstm: { mac: 9.9, unit: 2080 },
    softmax: { input: 128, once: 250 },
    perElement: {
      ...{ ADD: 250, SUB: 250, MUL: 104, MAXIMUM: 14.5, MINIMUM: 14.5, RELU: 100, RELU6: 14, LEAKY_RELU: 103 },
      ...{ MAX_POOL_2D: 38, AVERAGE_POOL_2D: 24, MEAN: 50, PAD: 9.6, PADV2: 9.6, TRANSPOSE: 35 },
      ...{ LOGISTIC: 42, TANH: 42, RESHAPE: 0, SQUEEZE: 0, EXPAND_DIMS: 0, QUANTIZE: 200, DEQUANTIZE: 100 },
    },
  },
  svdf: { mac: 5.2, filter: 290 },
  copied: {
    CONCATENATION: { run: 34, byte: 1.3 },
    SPLIT: { run: 34, byte: 1.3 },
    STRIDED_SLICE: { run: 95, byte: 1.4 },
    RESIZE_NEAREST_NEIGHBOR: { run: 78, byte: 1.5 },
  },
  lookedUp: {
    LOGISTIC: { value: 1083, from: 384, element: 8 },
    TANH: { value: 1110, from: 384, element: 8 },
    HARD_SWISH: { value: 157, from: 320, element: 8 },
  },
};

/** What is known of no operator. */
const otherPerElement = 40;
const perOperator = 40;

type Tensors = Pick<TfliteSummary, 'tensors'>['tensors'];

const elements = (shape: readonly number[] | undefined): number =>
  (shape ?? []).reduce((product, side) => product * Math.abs(side), 1);

/** Along the last dimension, as far as all of its tensors go. */
function copyInstructions(
  operator: TfliteOperator,
  tensors: Tensors,
  { run, byte }: { run: number; byte: number },
): number {
  const outputs = operator.outputs.map((index) => tensors[index]);
  const values = [...operator.inputs.map((index) => tensors[index]), ...outputs].filter(
    (tensor) => tensor.type === outputs[0].type,
  );
  const length = Math.max(1, Math.min(...values.map(({ shape }) => shape.at(-1) ?? 1)));
  const copied = outputs.reduce((sum, { shape }) => sum + elements(shape), 0);
  return (run * copied) / length + byte * outputs.reduce((sum, { bytes }) => sum + bytes, 0);
}

function otherInstructions(operator: TfliteOperator, tensors: Tensors, costs: OperatorCosts, wide: boolean): number {
  const all = [...operator.inputs, ...operator.outputs].map((index) => elements(tensors[index]?.shape));
  const count = Math.max(...all);
  const copied = costs.copied[operator.name];
  if (copied) return copyInstructions(operator, tensors, copied);
  const found = wide ? undefined : costs.lookedUp[operator.name];
  if (found) return count < found.from ? found.value * count : 256 * found.value + found.element * count;
  return ((wide ? costs.int16 : costs.int8).perElement[operator.name] ?? otherPerElement) * count;
}

/** Executed instructions of one operator, estimated. */
export function operatorInstructions(operator: TfliteOperator, tensors: Tensors, costs: OperatorCosts): number {
  const { macs, name } = operator;
  const [input, weights] = operator.inputs.map((index) => tensors[index]);
  const output = tensors[operator.outputs[0]]?.shape;
  const outputs = elements(output);
  const channels = output?.at(-1) ?? 1;
  // The values come first, but for SPLIT's dimension.
  const wide = input?.type === 'int16' || weights?.type === 'int16';
  const table = wide ? costs.int16 : costs.int8;
  // A depthwise convolution of one channel runs as a convolution.
  if (name === 'CONV_2D' || (name === 'DEPTHWISE_CONV_2D' && !wide && input.shape.at(-1) === 1)) {
    const { mac, gather, output: each } = table.conv;
    return perOperator + mac * macs + (gather * macs) / channels + each * outputs;
  }
  if (name === 'DEPTHWISE_CONV_2D') {
    const { mac, place, output: each } = table.depthwise;
    return perOperator + mac * macs + (place * outputs) / channels + each * outputs;
  }
  if (name === 'FULLY_CONNECTED') return perOperator + table.dense.mac * macs + table.dense.output * outputs;
  if (name === 'SOFTMAX') return table.softmax.once + table.softmax.input * elements(input.shape);
  if (name === 'SVDF') return perOperator + costs.svdf.mac * macs + costs.svdf.filter * (weights.shape[0] ?? 1);
  if (name === 'UNIDIRECTIONAL_SEQUENCE_LSTM') return perOperator + table.lstm.mac * macs + table.lstm.unit * outputs;
  return perOperator + otherInstructions(operator, tensors, costs, wide);
}
