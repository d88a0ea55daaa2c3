/** The one error that leaves `src/fit`. */
import { DormouseError } from '../base';

export type FitErrorCode =
  /** There is no board profile of that id. */
  'unknown-board';

export class FitError extends DormouseError<FitErrorCode> {}
