/** Shrinks a trained model to int8, writes and reads .tflite files. */
export type * from './types';
export { CompressError, type CompressErrorCode } from './errors';
export { balancedCalibration, type Calibration } from './calibration';
export { foldBatchNorm, type WeightedModel } from './fold';
export { floatOutputs, floatTflite, quantiseModel } from './quantise';
export { readTflite } from './read';
export { runInt8, type Int8Scores } from './score';
export { rangesInSteps } from './stepwise';
