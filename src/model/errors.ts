/** The one error that leaves src/model. */
import { DormouseError } from '../base';

/**
 * - `bad-spec`: a layer list that cannot be a network (unknown kind, impossible size, layers that do not fit together).
 * - `bad-weights`: trained numbers that do not belong to the spec.
 * - `too-large`: a network beyond what Dormouse will hold in memory.
 */
export type ModelErrorCode = 'bad-spec' | 'bad-weights' | 'too-large';

export class ModelError extends DormouseError<ModelErrorCode> {}
