/**
 * Full-integer post-training quantization: a trained network and some of its rows in, a .tflite with int8 input and
 * output out. Knows nothing of where the rows come from.
 */
import { checkWeights, ModelError, product, type ModelSpec, type ModelWeights } from '../model';
import { CompressError } from './errors';
import { runGraph } from './float-forward';
import { lower } from './lower';
import { quantizeGraph } from './quantize-graph';
import type { QuantizedModel, QuantizeOptions } from './types';
import { writeTflite } from './write';

/**
 * Deterministic: the same spec, weights and calibration rows give the same bytes on every machine.
 * @throws ModelError for a spec that is not a network; CompressError `bad-weights` or `bad-calibration`.
 */
export function quantiseModel(spec: ModelSpec, weights: ModelWeights, options: QuantizeOptions): QuantizedModel {
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
  checkCalibration(spec, options);
  const graph = lower(spec, weights);
  const ranges = runGraph(graph, options.calibration, options.calibrationCount);
  if (ranges.some((range) => range.max === Infinity || range.min === -Infinity))
    throw new CompressError(
      'bad-weights',
      'The weights are so large that the model computes infinite values.',
      'Train the model again, with a smaller learning rate.',
    );
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

/** Float outputs of the lowered network (batch norm folded), row after row: what the int8 model is compared with. */
export function floatOutputs(spec: ModelSpec, weights: ModelWeights, rows: Float32Array, count: number): Float32Array {
  checkWeights(spec, weights);
  const graph = lower(spec, weights);
  const outputs: number[] = [];
  runGraph(graph, rows, count, (output) => outputs.push(...output));
  return Float32Array.from(outputs);
}

function checkCalibration(spec: ModelSpec, { calibration, calibrationCount }: QuantizeOptions): void {
  const fail = (problem: string, action: string): never => {
    throw new CompressError('bad-calibration', problem, action);
  };
  const width = product(spec.input);
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
