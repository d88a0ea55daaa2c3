/** Shrinks a trained model to int8, writes and reads .tflite files. */
export type * from './types';
export { CompressError, type CompressErrorCode } from './errors';
export { floatOutputs, quantiseModel } from './quantise';
