/**
 * Removes single weights: the smallest become exactly zero while the network trains on. Kernels store and compute zeros
 * like any other weight, so what is won is the size of the compressed file. Knows nothing of filters.
 */
import { resolveModel, type LayerWeights, type ModelSpec, type ModelWeights } from '../../model';
import type { LabelledRows, TrainEngine, TrainOptions, TrainResult } from '../../train';
import { CompressError } from '../errors';
import type { WeightedModel } from '../fold';
import { draftTflite } from '../quantise';
import { deflatedBytesOf } from '../report/deflate';
import { isProducer } from './channels';

/** Share of zeros in the kernels of dense layers and convolutions (depthwise ones left out), or the int8 file's bytes after deflate. */
export type SynapseTarget = { readonly share: number } | { readonly deflatedBytes: number };

export type PruneSynapsesOptions = WeightedModel & {
  readonly engine: TrainEngine;
  readonly training: LabelledRows;
  readonly validation?: LabelledRows | undefined;
  /** Zeros grow over the first half of the epochs; `initial` and `sparsity` are set here. */
  readonly fineTune: TrainOptions;
  readonly target: SynapseTarget;
};

export interface SparseModel extends WeightedModel {
  /** Share of zeros that was asked of the kernels. */
  readonly share: number;
  /** Of an int8 .tflite of these weights: as it is, and after deflate. Ranges are made up; they cost the same bytes. */
  readonly bytes: number;
  readonly deflatedBytes: number;
  readonly training: Pick<TrainResult, 'history' | 'bestEpoch' | 'stopped'>;
}

/** More zeros than this leave nothing to train. */
const mostZeros = 0.98;
/** Trainings at most, when the trained weights turn out to compress worse than the search foresaw. */
const mostTrials = 3;
/** To which shares are searched. */
const precision = 1 / 256;

/**
 * @throws CompressError `bad-options` for a share outside 0..0.98, `unreachable-target` where even the most zeros make no
 * file as small; TrainError as the engine's train().
 */
export async function pruneSynapses(options: PruneSynapsesOptions): Promise<SparseModel> {
  const { spec, weights, target } = options;
  if ('share' in target) {
    if (!(target.share >= 0 && target.share <= mostZeros))
      throw new CompressError(
        'bad-options',
        `A share of ${target.share} of the weights cannot be removed.`,
        `Choose a share from 0 to ${mostZeros}.`,
      );
    return trainSparse(options, target.share);
  }
  let share = shareFor(spec, weights, target.deflatedBytes, 0);
  for (let trial = 1; ; trial++) {
    const made = await trainSparse(options, share);
    if (made.deflatedBytes <= target.deflatedBytes || made.training.stopped === 'cancelled') return made;
    if (trial === mostTrials) throw unreachable(target.deflatedBytes, made.deflatedBytes);
    share = Math.min(mostZeros, shareFor(spec, made.weights, target.deflatedBytes, share + precision));
  }
}

const unreachable = (target: number, least: number): CompressError =>
  new CompressError(
    'unreachable-target',
    `Removing single weights makes the compressed file ${least} bytes at best, more than the target of ${target}.`,
    'Choose a higher target, remove filters first, or choose a smaller model.',
  );

async function trainSparse(options: PruneSynapsesOptions, share: number): Promise<SparseModel> {
  const { engine, spec, weights, training: rows, validation, fineTune } = options;
  const toEpoch = Math.max(1, Math.ceil(fineTune.epochs / 2));
  const { weights: trained, ...training } = await engine.train(spec, rows, validation, {
    ...fineTune,
    initial: weights,
    sparsity: { target: share, fromEpoch: 1, toEpoch },
  });
  const file = draftTflite(spec, trained);
  return { spec, weights: trained, share, bytes: file.length, deflatedBytes: deflatedBytesOf(file), training };
}

/** The smallest share from `least` on with which the file, pruned as it stands, deflates to the target. */
function shareFor(spec: ModelSpec, weights: ModelWeights, target: number, least: number): number {
  const bytesWith = (share: number): number =>
    deflatedBytesOf(draftTflite(spec, withoutSmallest(spec, weights, share)));
  const fewest = bytesWith(mostZeros);
  if (fewest > target) throw unreachable(target, fewest);
  let [low, high] = [least, mostZeros];
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (bytesWith(middle) <= target) high = middle;
    else low = middle;
  }
  return bytesWith(low) <= target ? low : high;
}

/** The smallest of each kernel at zero, untrained. */
export function withoutSmallest(spec: ModelSpec, weights: ModelWeights, share: number): ModelWeights {
  return resolveModel(spec).map((layer, index): LayerWeights => {
    const { kernel, ...rest } = weights[index];
    if (!isProducer(layer.spec) || !kernel) return weights[index];
    const zeros = Math.floor(share * kernel.length);
    const order = Uint32Array.from(kernel, (_, i) => i).sort(
      (a, b) => Math.abs(kernel[a]) - Math.abs(kernel[b]) || a - b,
    );
    const sparse = kernel.slice();
    for (const i of order.subarray(0, zeros)) sparse[i] = 0;
    return { kernel: sparse, ...rest };
  });
}
