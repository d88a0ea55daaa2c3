/**
 * The ranges that an int8 model would be written with, put the way in which training wants them: per layer instead of
 * per value of the graph. Both describe the same numbers, so the trained model and the written one agree to the bit.
 */
import { resolveModel, type ModelWeights, type ModelSpec } from '../model';
import type { FakeQuantisation } from '../train';
import { lower } from './lower';
import { rangesOf } from './quantise';
import type { QuantizeOptions, ValueRange } from './types';

export interface SimulatedQuantisation {
  /** For TrainOptions. */
  readonly fake: FakeQuantisation;
  /** For QuantizeOptions: what quantiseModel() must be given to write what training simulated. */
  readonly ranges: readonly ValueRange[];
}

/**
 * @param spec,weights as foldBatchNorm() gives them.
 * @throws ModelError, CompressError as quantiseModel() does.
 */
export function simulatedQuantisation(
  spec: ModelSpec,
  weights: ModelWeights,
  options: QuantizeOptions,
): SimulatedQuantisation {
  const graph = lower(spec, weights);
  const ranges = rangesOf(graph, options);
  const layers = resolveModel(spec).map((layer, index) => {
    const value = graph.layers[index];
    const from = layer.inputs[0];
    // The node of an earlier layer ends in this activation where both have become the same value.
    const absorbed = layer.spec.kind === 'activation' && from >= 0 && value === graph.layers[from];
    return { range: ranges[value], absorbed };
  });
  return {
    fake: { input: ranges[graph.input], layers, perChannelDense: options.perChannelDense ?? false },
    ranges,
  };
}
