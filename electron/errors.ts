/** The shell's own refusals and failures, in the one shape that every error of Dormouse has. */
import { DormouseError } from '../src/base';

export type ShellErrorCode =
  /** The interface asked for something that does not exist or does not fit its schema: a bug of ours, or an intruder. */
  | 'bad-request'
  /** The call did not come from our own window. */
  | 'not-our-window'
  /** A path that no dialog, drop or list of ours gave out. */
  | 'path-not-granted'
  /** The services' process ended while a request was running. */
  | 'services-lost'
  /** The services' process ended too often and is not started again. */
  | 'services-unavailable';

export class ShellError extends DormouseError<ShellErrorCode> {}
