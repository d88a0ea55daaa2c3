/** What can go wrong in this folder, in plain sentences. */
import { DormouseError } from '../base';

export type CompressErrorCode =
  /** The bytes are no .tflite file, or a damaged one. */
  | 'bad-file'
  /** A .tflite file, but of a kind that cannot be described here (another schema version). */
  | 'unsupported-file'
  /** The model description contradicts itself or asks for a layer that cannot be written. */
  | 'bad-model'
  /** The weights do not belong to the model or hold values that are not numbers. */
  | 'bad-weights'
  /** The calibration rows are missing, of the wrong width, or hold values that are not numbers. */
  | 'bad-calibration'
  /** Settings of pruning that contradict themselves or lie out of range. */
  | 'bad-options'
  /** No pruning of this model comes down to the target. */
  | 'unreachable-target'
  /** The model has nothing that could be removed. */
  | 'nothing-to-prune';

export class CompressError extends DormouseError<CompressErrorCode> {}

/** A .tflite that cannot be read; `what` completes "This is not a usable .tflite file: ...". */
export function badFile(what: string, cause?: unknown): CompressError {
  return new CompressError(
    'bad-file',
    `This is not a usable .tflite file: ${what}.`,
    'Export or download the model again, and check that the file is complete.',
    cause,
  );
}
