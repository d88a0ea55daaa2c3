/** The one error that leaves src/train. */
import { DormouseError } from '../base';

/**
 * - `no-rows`: nothing to train on.
 * - `one-class`: rows of one label only.
 * - `bad-rows`: rows whose sizes or labels do not fit the model.
 * - `not-finite`: NaN or infinity in the rows.
 * - `bad-options`: settings that make no sense.
 * - `unsupported`: a model that this engine cannot train.
 * - `out-of-memory`: model, batch and rows do not fit.
 * - `diverged`: the loss stopped being a number.
 * - `worker-failed`: a training thread ended unasked.
 * - `engine-missing`: the engine's library is not installed or cannot start.
 */
export type TrainErrorCode =
  | 'no-rows'
  | 'one-class'
  | 'bad-rows'
  | 'not-finite'
  | 'bad-options'
  | 'unsupported'
  | 'out-of-memory'
  | 'diverged'
  | 'worker-failed'
  | 'engine-missing';

export class TrainError extends DormouseError<TrainErrorCode> {}
