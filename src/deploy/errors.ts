/** The one error that leaves `src/deploy`: what went wrong with an image or a flashing, and what is safe. */
import { DormouseError } from '../base';

export type DeployErrorCode =
  /** The bytes are no model image, or a damaged one. */
  | 'bad-image'
  /** What should go into an image contradicts itself. */
  | 'bad-manifest'
  /** The image is larger than the board's slot. */
  | 'too-large'
  /** The board runs a sketch that cannot take models. */
  | 'not-supported'
  /** The person stopped it. */
  | 'cancelled'
  /** The line was lost before the model was committed: the old one runs. */
  | 'line-lost'
  /** The line was lost while the model was being committed: one of the two runs, whole. */
  | 'commit-unknown'
  /** The board computed something else than the app, or the bytes did not arrive whole. */
  | 'self-test-failed'
  /** The board refused, with its own reason. */
  | 'board-refused'
  /** A file could not be written. */
  | 'file';

export class DeployError extends DormouseError<DeployErrorCode> {}
