/** Which epoch's weights are kept, and when it is time to stop early: the same for every engine. */
import type { ModelWeights } from '../model';
import type { EpochReport, TrainOptions } from './engine';

/** The best epoch so far. Plain data: it travels in checkpoints. */
export interface Best {
  readonly epoch: number;
  readonly loss: number;
  readonly weights: ModelWeights;
}

export class BestEpoch {
  best: Best | undefined;
  private readonly watching: boolean;

  constructor(
    private readonly options: Pick<TrainOptions, 'patience' | 'sparsity'>,
    hasValidation: boolean,
  ) {
    this.watching = options.patience > 0 && hasValidation;
  }

  /** Keeps the epoch's weights if it is the best so far; true when it is time to stop. */
  note({ epoch, validationLoss }: EpochReport, weights: () => ModelWeights): boolean {
    const { patience, sparsity } = this.options;
    // A model that is not yet as sparse as it shall be is no candidate.
    if (this.watching && sparsity && epoch < sparsity.toEpoch) return false;
    // Without validation rows, or a wish to stop early, the last weights are the ones to keep.
    const loss = this.watching ? validationLoss : -epoch;
    if (!this.best || loss < this.best.loss) this.best = { epoch, loss, weights: weights() };
    return this.watching && epoch - this.best.epoch >= patience;
  }
}
