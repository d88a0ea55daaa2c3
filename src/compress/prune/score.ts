/**
 * How much each channel matters: by the size of its weights, or by what its absence would do to the loss. Knows nothing
 * of how many channels are to go.
 */
import { weightShapesOf, type LayerWeights } from '../../model';
import type { LabelledRows, TrainEngine } from '../../train';
import type { WeightedModel } from '../fold';
import { pickRows } from './rows';
import { isProducer, type Channels } from './channels';

/** Larger = more worth keeping; comparable within a family. */
export type Scores = ReadonlyMap<number, number>;

/** Rows of one gradient: enough for batch norm's statistics, few enough that opposite effects do not cancel out. */
const rowsPerGradient = 32;

const hasKernel = (channels: Channels, index: number): boolean => {
  const { spec } = channels.layers[index];
  return isProducer(spec) || spec.kind === 'depthwiseConv2d';
};

/** The batch norm that reads a layer, if one does: its gamma scales what the layer makes. */
function normOf(channels: Channels, index: number): number | undefined {
  const found = channels.layers.findIndex(({ spec, inputs }) => spec.kind === 'batchNorm' && inputs[0] === index);
  return found < 0 ? undefined : found;
}

/** Sums over all but the last axis (in depthwise kernels: all but the last two) of `value` of each kernel entry. */
function perOutput(channels: Channels, index: number, length: number, value: (i: number) => number): Float64Array {
  const outputs = channels.ofOutput[index].length;
  const sums = new Float64Array(outputs);
  for (let i = 0; i < length; i++) sums[i % outputs] += value(i);
  return sums;
}

/**
 * L1 norm of each channel's weights, with the gamma of the batch norm behind folded in, relative to the mean of its layer;
 * summed over the layers that make the channel.
 */
export function normScores({ weights }: WeightedModel, channels: Channels): Scores {
  const scores = new Map<number, number>();
  channels.layers.forEach((_, index) => {
    if (!hasKernel(channels, index)) return;
    const kernel = weights[index].kernel as Float32Array;
    const norms = perOutput(channels, index, kernel.length, (i) => Math.abs(kernel[i]));
    const norm = normOf(channels, index);
    if (norm !== undefined) {
      const { gamma, movingVariance } = weights[norm] as Required<LayerWeights>;
      norms.forEach((sum, c) => (norms[c] = (sum * Math.abs(gamma[c])) / Math.sqrt(movingVariance[c] + 1e-3)));
    }
    const mean = norms.reduce((a, b) => a + b, 0) / norms.length || 1;
    channels.ofOutput[index].forEach((channel, c) => scores.set(channel, (scores.get(channel) ?? 0) + norms[c] / mean));
  });
  return scores;
}

/**
 * First-order Taylor expansion of the loss around the channel's absence (Molchanov et al., 2017 and 2019): the sum over
 * its gate, weight times gradient, absolute per batch of rows and summed over batches. The gate is the gamma and beta of
 * the batch norm behind the layer, or else the layer's own kernel and bias.
 */
export async function lossScores(
  engine: TrainEngine,
  { spec, weights }: WeightedModel,
  channels: Channels,
  rows: LabelledRows,
): Promise<Scores> {
  const scores = new Map<number, number>();
  for (let from = 0; from < rows.count; from += rowsPerGradient) {
    const length = Math.min(rowsPerGradient, rows.count - from);
    const batch = pickRows(
      rows,
      Array.from({ length }, (_, i) => from + i),
    );
    const { gradients } = await engine.gradients(spec, weights, batch);
    channels.layers.forEach((_, index) => {
      const gates = gatesOf(channels, index, weights[index], gradients[index]);
      if (!gates) return;
      const perChannel = new Map<number, number>();
      channels.ofOutput[index].forEach((channel, c) =>
        perChannel.set(channel, (perChannel.get(channel) ?? 0) + gates[c]),
      );
      for (const [channel, effect] of perChannel)
        scores.set(channel, (scores.get(channel) ?? 0) + Math.abs(effect) * batch.count);
    });
  }
  return scores;
}

/** Weight times gradient, summed for each output of a layer; undefined where the layer is no gate. */
function gatesOf(channels: Channels, index: number, weights: LayerWeights, slopes: LayerWeights) {
  const { spec } = channels.layers[index];
  const product = (name: keyof LayerWeights, i: number): number => (weights[name]?.[i] ?? 0) * (slopes[name]?.[i] ?? 0);
  if (spec.kind === 'batchNorm')
    return Float64Array.from(channels.ofOutput[index], (_, c) => product('gamma', c) + product('beta', c));
  if (!hasKernel(channels, index) || normOf(channels, index) !== undefined) return undefined;
  const length = weightShapesOf(channels.layers[index]).kernel?.reduce((a, b) => a * b, 1) ?? 0;
  const sums = perOutput(channels, index, length, (i) => product('kernel', i));
  return sums.map((sum, c) => sum + product('bias', c));
}
