/** The one error that leaves src/model. */
import { DormouseError } from '../base';

/**
 * - `bad-spec`: a layer list that cannot be a network (unknown kind, impossible size, layers that do not fit together).
 * - `bad-weights`: trained numbers that do not belong to the spec.
 * - `too-large`: a network beyond what Dormouse will hold in memory.
 * - `not-a-model`: a file of another format, or a damaged one.
 * - `missing-file`: a model that comes in several files, of which one is not there.
 * - `unknown-layers`: layers or settings of layers that Dormouse does not have; the sentence names every one.
 */
export type ModelErrorCode =
  'bad-spec' | 'bad-weights' | 'too-large' | 'not-a-model' | 'missing-file' | 'unknown-layers';

export class ModelError extends DormouseError<ModelErrorCode> {}
