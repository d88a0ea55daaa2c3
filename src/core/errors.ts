/** The one error that leaves this folder: what the board's arithmetic refuses, in words for people. */
import { DormouseError } from '../base';

export type CoreErrorCode =
  /** A DSP parameter outside its range, or one that does not fit the window. */
  | 'bad-parameter'
  /** A NaN or an infinity in the values handed in. */
  | 'not-finite'
  /** More memory than the engine (or any board) has. */
  | 'too-large'
  /** The file is something else than a .tflite. */
  | 'not-a-model'
  /** A .tflite whose parts contradict each other. */
  | 'damaged-model'
  /** A sound .tflite with something that the engine has not. */
  | 'unsupported-model'
  /** Values of the wrong number or size for the model or block. */
  | 'bad-input'
  /** The WebAssembly module could not be started. */
  | 'core-missing';

const actions: Record<CoreErrorCode, string> = {
  'bad-parameter': 'Set the parameter to a value in its range, or choose another window length or rate.',
  'not-finite': 'Leave out the values that are not numbers, or scale the signal down.',
  'too-large': 'Use a smaller window or a smaller model.',
  'not-a-model': 'Choose a .tflite file.',
  'damaged-model': 'Get the file again or export it again from where it was made.',
  'unsupported-model': 'Convert the model to full-integer int8 with the operators that Dormouse runs.',
  'bad-input': 'Hand in as many values as the model or block expects.',
  'core-missing': 'Install Dormouse again.',
};

export class CoreError extends DormouseError<CoreErrorCode> {
  constructor(code: CoreErrorCode, message: string, cause?: unknown) {
    super(code, message, actions[code], cause);
  }
}
