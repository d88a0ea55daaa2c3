/** The one error that leaves `src/impulse`. */
import { DormouseError } from '../base';

/**
 * - 'no-captures': there is nothing to choose the window, rate and axes from.
 * - 'no-axes': no capture has the axes that were asked for.
 * - 'bad-window': window, stride or rate do not make a window that a board could hold.
 * - 'bad-parameter': the DSP block does not know the parameter.
 * - 'wrong-capture': the capture has not the axes of the impulse.
 * - 'cancelled'.
 */
export type ImpulseErrorCode =
  'no-captures' | 'no-axes' | 'bad-window' | 'bad-parameter' | 'wrong-capture' | 'cancelled';

export class ImpulseError extends DormouseError<ImpulseErrorCode> {}
