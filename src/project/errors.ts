/** The one error that leaves `src/project`. */
import { DormouseError } from '../base';

export type ProjectErrorCode =
  /** The folder is not a project, or its dormouse.json cannot be read. Choose another folder. */
  | 'not-a-project'
  /** A new project was asked for where there is one already. */
  | 'exists'
  /** The file system refused (read-only, full, gone). */
  | 'storage'
  /** Asked for something that needs an open project. */
  | 'no-project'
  /** Asked for something that needs a connected board. */
  | 'no-device'
  /** The board lacks what was asked for (a sensor, our sketch). */
  | 'device-cannot'
  /** Too few captures, labels or held-out captures for what was asked. */
  | 'needs-data'
  /** A capture holds what cannot be computed with. */
  | 'bad-data'
  /** The system did not give the memory that was asked for. */
  | 'no-memory'
  /** Asked for something that needs a trained model. */
  | 'no-model'
  /** Another long thing of the same kind runs. */
  | 'busy'
  /** The person cancelled. */
  | 'cancelled'
  /** An argument that no schema could catch (an unknown board, a key that does not exist). */
  | 'bad-argument';

export class ProjectError extends DormouseError<ProjectErrorCode> {}
