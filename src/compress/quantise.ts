/**
 * Full-integer post-training quantization: a trained network and some of its rows in, a .tflite with int8 input and
 * output out. Knows nothing of where the rows come from.
 */
import { checkWeights, ModelError, type ModelSpec, type ModelWeights } from '../model';
import { CompressError } from './errors';
import { runGraph } from './float-forward';
import { sizeOf, type Graph } from './graph';
import { lower } from './lower';
import { percentileRanges } from './percentile';
import { quantizeGraph } from './quantize-graph';
import type { QuantizedModel, QuantizeOptions, RangeChoice, ValueRange } from './types';
import { writeFloatTflite, writeTflite } from './write';

/**
 * Deterministic: the same spec, weights and calibration rows give the same bytes on every machine.
 * @throws ModelError for a spec that is not a network; CompressError `bad-weights` or `bad-calibration`.
 */
export function quantiseModel(spec: ModelSpec, weights: ModelWeights, options: QuantizeOptions): QuantizedModel {
  refuseDamaged(spec, weights);
  const graph = lower(spec, weights);
  const ranges = rangesOf(graph, options);
  const quantized = quantizeGraph(graph, ranges, options.perChannelDense ?? false);
  const input = quantized.values[graph.input];
  const output = quantized.values[graph.output];
  return {
    tflite: writeTflite(quantized, options.name ?? 'main'),
    inputScale: input.scale,
    inputZeroPoint: input.zeroPoint,
    outputScale: output.scale,
    outputZeroPoint: output.zeroPoint,
  };
}

/**
 * An int8 .tflite whose ranges are made up: of the size, operators and memory that the real one will have, for costs
 * (bytes, latency on a board) of networks that nobody has calibrated. Not for answers.
 * @throws as floatTflite().
 */
export function draftTflite(spec: ModelSpec, weights: ModelWeights): Uint8Array {
  refuseDamaged(spec, weights);
  const graph = lower(spec, weights);
  const ranges = graph.values.map(() => ({ min: -1, max: 1 }));
  return writeTflite(quantizeGraph(graph, ranges, false), 'main');
}

/**
 * The same lowered network (batch norm folded, activations fused) in float32, as a .tflite for other tools; what
 * quantiseModel shrinks. Input and output are float32, [1, ...spec.input] in.
 * @throws ModelError for a spec that is not a network; CompressError `bad-weights`.
 */
export function floatTflite(spec: ModelSpec, weights: ModelWeights, name = 'main'): Uint8Array {
  refuseDamaged(spec, weights);
  return writeFloatTflite(lower(spec, weights), name);
}

function refuseDamaged(spec: ModelSpec, weights: ModelWeights): void {
  try {
    checkWeights(spec, weights);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'bad-weights') throw error;
    throw new CompressError(
      'bad-weights',
      error.message,
      'Train the model again, with a smaller learning rate.',
      error,
    );
  }
}

/** Float outputs of the lowered network (batch norm folded), row after row: what the int8 model is compared with. */
export function floatOutputs(spec: ModelSpec, weights: ModelWeights, rows: Float32Array, count: number): Float32Array {
  checkWeights(spec, weights);
  const graph = lower(spec, weights);
  const outputs: number[] = [];
  runGraph(graph, rows, count, (values) => values[graph.output].forEach((value) => outputs.push(value)));
  return Float32Array.from(outputs);
}

/** The range of each value of the graph, as the options choose them. @throws CompressError. */
export function rangesOf(graph: Graph, options: QuantizeOptions): readonly ValueRange[] {
  const { ranges: choice = 'minMax', calibration, calibrationCount } = options;
  if (isGiven(choice)) return checkedRanges(graph, choice);
  checkCalibration(sizeOf(graph.values[graph.input].shape), options);
  const ranges = runGraph(graph, calibration, calibrationCount);
  checkBounded(ranges);
  if (choice === 'minMax') return ranges;
  const { percentile } = choice;
  if (!(percentile > 50 && percentile <= 100))
    badCalibration(
      `A percentile of ${percentile} leaves no range.`,
      'Choose one above 50 and at most 100, such as 99.9.',
    );
  return percentileRanges(graph, calibration, calibrationCount, ranges, percentile / 100);
}

/** @throws CompressError `bad-weights`. */
export function checkBounded(ranges: readonly ValueRange[]): void {
  if (ranges.some((range) => range.max === Infinity || range.min === -Infinity))
    throw new CompressError(
      'bad-weights',
      'The weights are so large that the model computes infinite values.',
      'Train the model again, with a smaller learning rate.',
    );
}

const isGiven = (choice: RangeChoice): choice is readonly ValueRange[] => Array.isArray(choice);

function checkedRanges(graph: Graph, given: readonly ValueRange[]): readonly ValueRange[] {
  if (given.length !== graph.values.length)
    badCalibration(
      `${given.length} ranges were given for a network of ${graph.values.length} values.`,
      'Give one range per value of the lowered network.',
    );
  const read = [graph.input, ...graph.nodes.map((node) => node.output)];
  const wrong = read.find(
    (value) => !(given[value].min <= given[value].max && isFinite(given[value].max - given[value].min)),
  );
  if (wrong !== undefined)
    badCalibration(
      `The range given for ${graph.values[wrong].name} is none.`,
      'Give the smallest number before the largest.',
    );
  return given;
}

function badCalibration(problem: string, action: string): never {
  throw new CompressError('bad-calibration', problem, action);
}

function checkCalibration(width: number, { calibration, calibrationCount }: QuantizeOptions): void {
  const fail = badCalibration;
  if (!Number.isInteger(calibrationCount) || calibrationCount < 1)
    fail('There is not one row to find the ranges of the int8 model with.', 'Record or import training data first.');
  if (calibration.length < calibrationCount * width)
    fail(
      `The calibration holds ${calibration.length} values, but ${calibrationCount} rows of ${width} are needed.`,
      'Compute the features again and train anew.',
    );
  if (!calibration.subarray(0, calibrationCount * width).every(Number.isFinite))
    fail('The calibration rows hold values that are not numbers.', 'Check the recordings for damaged values.');
}
