/** Where a training of the core engine stood when it was cancelled, and whether it may go on from there. */
import type { ModelSpec } from '../model';
import type { Best } from './best';
import type { Checkpoint, EpochReport } from './engine';
import { TrainError } from './errors';
import type { Plan } from './plan';

/** Everything that the next step depends on beside the spec, the rows and the options. */
export interface LoopState {
  /** What the checkpoint belongs to: the spec, the number of rows, batch size and shards. */
  readonly of: string;
  /** The epoch that was under way, 1-based, its batches that are done, and what they summed up to. */
  readonly epoch: number;
  readonly batchesDone: number;
  readonly loss: number;
  readonly correct: number;
  readonly random: readonly number[];
  /** Running powers of Adam's two betas. */
  readonly powers: readonly [number, number];
  readonly order: Int32Array;
  /** The regions that Plan.state lists, one behind the other. */
  readonly values: Float32Array;
  readonly mask: Uint8Array | undefined;
  readonly history: readonly EpochReport[];
  readonly best: Best | undefined;
}

/** A training can only go on with the same model over as many rows in the same batches. */
export const identityOf = (spec: ModelSpec, plan: Plan): string =>
  JSON.stringify([spec, plan.training.count, plan.validation.count, plan.batch, plan.jobValues['paramCount']]);

export const checkpointOf = (state: LoopState): Checkpoint => ({ version: 1, engine: 'core', state });

/** @throws TrainError `bad-options` for a checkpoint of another training. */
export function stateOf(checkpoint: Checkpoint, spec: ModelSpec, plan: Plan): LoopState {
  const state = checkpoint.state as Partial<LoopState> | undefined;
  const values = plan.state.reduce((sum, [, length]) => sum + length, 0);
  const fits =
    checkpoint.engine === 'core' &&
    state?.of === identityOf(spec, plan) &&
    state.values?.length === values &&
    state.order?.length === plan.training.count &&
    (state.mask !== undefined) === (plan.mask !== 0);
  if (!fits)
    throw new TrainError(
      'bad-options',
      'The training that was to be continued had another model, other rows or other settings.',
      'Train from the beginning.',
    );
  return state as LoopState;
}
